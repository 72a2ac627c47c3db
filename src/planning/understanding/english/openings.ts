/** What people put before an order without changing it, and the verb form that follows: "would you mind stopping". */
const plain = `
hi;hello;hey;hey there;hi there;hello there;hi all;hi everyone;hey all;yo;howdy;hiya;good morning;good afternoon;good evening;morning;evening;greetings;dear;dear bot;ahoy
hey bot;ok bot;hi bot;chiffon;bot;hey chiffon;hi chiffon;ok chiffon;okay chiffon;hello chiffon;yo chiffon;sir;mate;dude;buddy;man;guys;folks;team;everyone;all right;alright
please;please do me a favor and;please do me a favour and;please do;do please;kindly;pretty please;be so kind as to;be so kind and;be so good as to;do me a favor and;do me a favour and;do me a favor;do me a favour;quick one;quick question;quick request
ok;okay;well;so;great;cool;perfect;nice;awesome;fine;good;right;now;then;and;also;next;first;firstly;second;secondly;third;finally;lastly;afterwards;after that;once that is done;when that is done;when done;once done;plus;again;anyway;hmm;uh;um;oh;ah;wow;wait;actually;sorry;excuse me;pardon;thanks;thank you;thx;cheers;yes;yeah;yep;sure;alternatively;otherwise;instead;only;just;simply;quickly;quick;urgent;urgently;asap;immediately;maybe;perhaps;basically;listen;look;one more thing;do the following;do the following things;do the following please;do these things;do two things;do three things;do a few things;the following;two things;three things;a few things;btw;by the way;fyi;todo;request;task for you;new task;lol;haha;ugh;damn;omg;eh;argh;aargh;phew;whew;sheesh;gosh;jeez;dammit;crap;dang;darn;pff;grr;meh;yikes;oops;blimey;crikey;heck
could you;can you;would you;will you;could you maybe;can you maybe;could you perhaps;could you possibly;can you possibly;would you please;could you all;can you guys;you could;you can;you should;you must;you have to;you need to;you may;could u;can u;would you be able to;would you be so kind as to;would you be so kind to;would it be possible to;would it be possible for you to;are you up to
could someone;can someone;can somebody;could somebody;can anyone;could anyone;someone;somebody;will someone;would someone;would somebody;can chiffon;could chiffon;can the bot;could the bot
can we;could we;let us;let us just;let us go and;we need to;i need to;we have to;i have to;we must;i must;we want to;i want to;i would like to;we would like to;would like to;would love to;i would love to;i wish to;i want you to;i need you to;we need you to;we want you to;i would like you to;we would like you to;i would love you to;i would like for you to;i would appreciate if you could;i would appreciate it if you could;i would be happy if you could;i would be thankful if you could;i would be very thankful if you could;i would be very grateful if you could;i would be so grateful if you could;i would be grateful if you could;grateful if you could;if you could;if you would;if you can;i was wondering if you could;i wonder if you could;wondering if you could;was wondering if you could;do you think you could;you think you could;any chance you could;any chance you can;is there any chance you could;is there a chance you could;any chance to;is there any chance to;i am asking you to;i ask you to;asking you to;i request you to;request you to;i beg you to;please be so kind and;make sure to;make sure you;be sure to;do not forget to;do not hesitate to;remember to;feel free to;go ahead and;go and;go;go on and;come on and;try to;try and;attempt to;proceed to;start to;we are ready to;i am ready to;ready to;time to;it is time to;now it is time to;need to;have to;want to;your task is to;your job is to;the task is to;i think you should;i think you could;you better;you had better;better;best to;how about you;how about we;why not;what about you;would you go ahead and;could you go ahead and;can you go ahead and;please go ahead and;be a dear and;be a darling and;help me;help me to;help us;help us to;can you help me;can you help me to;could you help me;could you help me to;i need help to;use your powers to;immediately go and;mind if i ask you to;can i ask you to;could i ask you to;may i ask you to;can i get you to;could i get you to;can i have you;we are going to need you to;i am going to need you to;i will need you to;i need chiffon to;tell chiffon to;ask chiffon to
`;
const gerund = `
would you mind;do you mind;mind;you mind;if you do not mind;would you mind quickly;try;please try;how about;can you try;could you try;would you consider;i would appreciate you;i suggest;let us try;start;begin with;have a go at;please start;go ahead with;proceed with;you could try;thank you in advance for;thanks in advance for
`;
const past =
  'i would appreciate it if you;i would be thankful if you;i would be very thankful if you;i would be grateful if you;i would be very grateful if you;i would be happy if you;would you mind if we;it is time you;it is time we;it is time that we';

/** "it would be lovely if you could": any kind word will do. */
const wishes =
  'great nice cool lovely awesome wonderful fantastic good perfect super amazing helpful kind brilliant excellent ideal fab'
    .split(' ')
    .flatMap((kind) =>
      ['it would be', 'it will be', 'that would be', 'would be'].map((start) => `${start} ${kind} if you`),
    );

/** The form in which the verb has to follow. */
export type VerbForm = 'base' | 'doing' | 'past';

/** Openings by first word, longest first. */
export const openings: ReadonlyMap<
  string,
  readonly { readonly words: readonly string[]; readonly form: VerbForm }[]
> = table();

function table() {
  const byFirst = new Map<string, { words: readonly string[]; form: VerbForm }[]>();
  for (const [form, text] of [
    [
      'base',
      [plain, ...wishes.flatMap((wish) => [`${wish} could`, `${wish} would`, `${wish} can`])].join(';'),
    ],
    ['doing', gerund],
    ['past', [past, ...wishes].join(';')],
  ] as const) {
    for (const opening of text.split(/[;\n]/).filter((line) => line !== '')) {
      const words = opening.split(' ');
      const first = words[0] as string;
      byFirst.set(first, [...(byFirst.get(first) ?? []), { words, form }]);
    }
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.words.length - a.words.length);
  return byFirst;
}
