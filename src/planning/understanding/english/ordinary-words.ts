/** Plain words of everyday English. They mean themselves and are never taken for a misspelt name or command. */
const text = `
a able about above accept access account across act action active actual actually add address admin adult advice afraid after afternoon again against age ago agree ah ahead air alarm alert alike alive
all allow almost alone along already alright also although always am amazing among amount an and angry animal another answer any anybody anyone anything anyway anywhere apart apparently appear apple april are area arm around
arrive art article as aside ask asleep at ate attempt august aunt author auto available average avoid awake away awesome awful baby back bad badly bag bake ball band bank bar bare base basic bath battle be beach bean bear beat
beautiful became because become bed been beer before began begin behind being believe bell belong below bench beside best bet better between beyond big bike bill bird birth bit bite black blame blank bless blind block blood
blow blue board boat body boil bold bone book born boss both bother bottle bottom bought bowl box boy brain branch brand bread break breakfast breathe brick bridge brief bright bring broad broke broken brother brought brown
browser bug build bunch burn bus business busy but butter button buy by bye cable cake call calm came camera camp can candy capital car card care carry case cash cat catch cause cell center centre certain chain chair chance
channel chapter charge chart chat cheap check cheers cheese chef cherry chest child children chip choice choose church circle city claim class clean clear clever click client clip clock close cloth cloud club coast coat code
coffee coin cold collect color colour come comes comfort comic common company complete computer concern confirm connect consider contain content control cook cool copy core corner correct cost could count country couple course
court cousin cover crazy create cream crew cross crowd cry cup curious current custom cut cute dad daily damn dance danger dark data date daughter day dead deal dear death debug decide deep deeply default delay deliver demo
dense depend describe desert design desk detail did die different dig dinner direct dirt discord discuss dish do doctor document does dog dollar domain done door double doubt down download draft drag draw dream dress drink drive
driver drop drove dry due dull during dust duty each ear early earn earth ease east easy eat edge edit effect egg eight either electric eleven else email empty end energy engine english enjoy enough enter entire equal error
especially even evening event ever every everybody everyone everything everywhere exact exactly example except excited excuse exist exit expect explain extra eye face fact factory fail failed fair fall false family fan far farm
fast fat father fault favor favorite favour favourite fear feature feed feel feet fell felt few field fifth fight figure file fill film final finally find fine finger finish fire firm first fish fit five fix flag flame flash
flat flew flex flight float floor flow flower fly focus folder folk folks follow food foot for force forest forever forget forgot form forward found four fox frame free freeze french fresh friday friend from front fruit fuel
full fun funny further future game garden gas gate gather gave general gentle get gift girl give given glad glance glass go goal goes going gold gone good goodbye goodnight got gotten grab grace grade grand grant grass grateful
gray great green grew grey ground group grow guess guest guide gun guy guys habit had hair half hall hand handle hang happen happy hard hardly has hat hate have having he head health hear heard heart heat heavy held hell hello
help helpful hence her here hero hers herself hey hi hidden hide high hill him himself hint hire his history hit hold hole holiday home hope horse hospital hot hotel hour house how however huge hundred hungry hunt hurry hurt
husband i ice idea ideal if ignore image imagine important in inch include indeed info inside instead interest internet into invite iron is island issue it item its itself jazz job join joke joy juice july jump june jury just
keen keep kept key keyboard kick kid kids kill kind king kiss kitchen knee knew knife knock know known lab label lack lady lake lamp land language laptop large last late later latest laugh launch law lay lazy lead leaf learn
least leave led left leg lemon lend length less lesson let letter level lie life lift light like likely limit line link lion lip list listen little live living load loan local location lock log logic lol lonely long look loop
lose loss lost lot loud love lovely low luck lucky lunch machine mad made magic mail main major make male man manage manual many map march mark market marry mass match math matter may maybe me meal mean meant measure meat media
meet member memo memory men mention menu mess message met metal method middle might mile milk mind mine minor minute miss mistake mix mode model modern mom moment monday money monitor month mood moon more morning most mostly
mother motor mountain mouse mouth move movie mr mrs much mum music must my myself nah name narrow nature near nearly neat neck need needs neither nerve nest net network never new news next nice night nine no nobody node noise
none noon nope nor normal north nose not note nothing notice november now nowhere number nurse object ocean october odd of off offer office often oh oil ok okay old on once one onion only onto open opinion option or orange order
other others our ours ourselves out outside over own owner pack page paid pain paint pair pale pan panel paper parent park part party pass past path patient pause pay peace pen pencil people pepper per perfect perhaps period
person phase phone photo piano pick picture piece pile pink pipe pizza place plain plan plane plant plate play player please plenty plug plus poem poet point police policy poll pond pool poor pop port position possible post pot
potato pound power practice prefer prepare present press pretty previous price pride prime print private prize probably problem proof proper protect proud prove public pull pump pure purple purpose push put puzzle quality queen
question quick quickly quiet quit quite quote race radar radio rain raise ran random range rate rather raw reach read ready real really rear reason receive recent recipe record red refer region regret regular relax release
remain remember remind remote rent repair repeat reply report request rescue rest result return review rich ride right ring rise risk river road robot rock role roll roof room root rope rose rough round route row royal rule run
rush sad safe safely safety said sail salad sale salt same sample sand sat saturday save saw say scale scan scared scene school science score scream screen sea search season seat second secret section secure see seed seek seem
seen self sell send sense sent separate september serious seriously serve server set seven several shade shadow shake shall shape share sharp she sheet shell shift shine ship shirt shoe shoot shop shore short shot should
shoulder shout show shower shut sick side sign signal silent silly silver simple simply since sing single sir sister sit site six size skill skin skip sky sleep slept slight slow small smart smell smile smoke smooth snow so soap
social soft software soil sold some somebody someday somehow someone something sometimes somewhere son sonar song soon sorry sort sound soup source south space spare speak special speech speed spell spend spent spirit split
spoke sport spot spread spring square stable staff stage stair stand star stare start stat state stay steal steel step stick still stock stomach stone stop store storm story straight strange stream street stress strike string
strong stuck student study stuff stupid style subject such sudden suddenly sugar suggest suit summer sun sunday super supper supply support suppose sure surface surprise swear sweet swim switch system table take taken tale talk
tall tap tape target task taste tax tea teach team tear tech tell ten tend term test text than thank thanks that the their theirs them then there therefore these they thick thin thing things think third this those though thought
thousand threat three through throw thursday thus ticket tidy tie tight till time tiny tip tired title to today together told tomorrow ton tone tonight too took tool top topic total touch tough tour toward towards town toy track
trade traffic trail train trash travel treat tree trick tried trip trouble truck true trust truth try tube tuesday tune turn tv twelve twenty twice two type ugly uncle under understand unit unless until unusual up upon upper upset
urgent us use used useful user usual usually valley value vault very via video view village visit voice vote wait wake walk wall want war warm warn was wash waste watch water wave way we weak wear weather web website wednesday
week weekend weight weird welcome well went were west wet what whatever wheel when whenever where wherever whether which while white who whole whom whose why wide wife wild will win wind window wine wing winter wire wise wish
with within without woman women won wonder wonderful wood word work world worry worse worst worth would wow write wrong wrote yard yeah year yellow yep yes yesterday yet you young your yours yourself youth zero zone
difference different differently explanation installation instruction information direction section sentence silence science presence absence audience evidence reference preference confidence experience
abandon ability absolute academy accident accurate ache achieve adapt adjust admire admit adopt advance adventure affair afford agency agenda agent aim airport album alcohol alien allergy alley alter alternative amateur ambition
analyse analyze ancient angel angle announce annual anxious apartment apologise apology appeal appliance application apply appoint appointment approach appropriate approve approximately architecture argue argument arise arrange arrest arrow assist
assistant associate assume attach attack attend attention attitude attract attribute automatic award aware background balance banana barely barrier basket batch battery bay beard beast beauty behave behaviour bellow bend benefit
berry bicycle bitter blanket blast blend blonde bloom bomb bonus booking boom boost border bored boring bottom bounce bound brake brave breath breed brew bribe bride broadcast brush bubble bucket buddy budget buffer bulb bull bullet
bump burden burger burst bury bush cabin cabinet calculate calendar campaign cancel cancer candidate candle capable capacity captain capture carbon career careful carpet carrot cartoon castle casual category ceiling celebrate
central ceremony challenge champion character charity charm chase chemical chief chocolate cigarette circuit citizen civil classic classical climate climb closet clue coach coal coconut collapse collar colleague collect college column
combine comedy comment commit committee communicate community compare comparison compile complain complaint component comprehensive compress concentrate concept concert conclude conclusion condition conduct conference confuse
congress connection conscious consequence conservative considerable consist constant constantly construct consumer contact contest context continue contract contrast contribute convenient conversation convert convince cooking
cookie cooperate cope copper corn correctly correspond cottage cotton council counter county coverage crack craft crash credit crime crisis criterion critical criticise crop crucial cruise crystal cultural culture cure curve customer
cycle damage database dealer debate debt decade decent decision declare decline decorate decrease defeat defence defend define definitely degree delicious demand democracy demonstrate deny department departure depending deposit
depth derive deserve desire desperate despite destination destroy destruction detective determine develop device devil diagram dialog diamond diary diet difficult difficulty digital dimension disappear disappoint disaster disk dismiss
display distance distinct distribute district disturb divide divorce document donate dozen drama dramatic drawer drug drum duck dumb duplicate dynamic eager earthquake economic economy educate education efficient effort elbow
elect election elegant element elevator eliminate embarrass emerge emergency emotion emphasis empire employ employee enable encounter encourage enemy enormous ensure enterprise entertainment enthusiasm entrance entry environment
episode equip equipment era escape essay essential establish estate estimate evaluate eventually evil evolve exam excellent exchange exclude executive exercise exhaust exhibit expand expense expensive expert explode explore
export expose express extend extension extensive extent external extreme fabric facility faith fame familiar famous fancy fantastic fashion fate fatal federal fee fellow female fence festival fever fiction finance financial firmware fitness fixture
flood flour fluid foreign formal former formula fortune foundation fraction fragile framework frequency frequent friendly frog frozen frustrate fulfil function fund fundamental funeral furniture gallery gap garage garbage garlic gear
gene generate generation generous genius genre gesture ghost giant global glory glove goat golf gorgeous govern government gradually graduate grain grandfather graphic grateful greet grocery gross guarantee guilty guitar gym
hammer handful handsome hardware harm harvest hazard heal heavily height helicopter hesitate highlight highway hip historian hobby honest honey honour hook horrible horror host household humble humour hunger hurry hypothesis icon identical identify
identity ignorance illegal illness illustrate imagination immediate immune impact implement implication import impose impossible impress impression improve improvement incident include income increase incredible independent
index indicate individual industry infection inflation influence inform initial injury inner innocent innovation input inquiry insect insert insight inspect inspire instance institute instruction instrument insult insurance integrate intelligent
intend intense intention interact interfere internal interpret interrupt interval interview introduce introduction invasion invest investigate investment involve isolate ivory jacket jail jewel journal journey judge junior junk
justice justify kidney kingdom kit label labour ladder landscape lately laundry lawn lawyer layer leader league leather lecture legal legend leisure liberty library licence license lifestyle likewise literally literary loan lock logical
loose lord loyal luggage lumber lung luxury mainly maintain maintenance majority makeup mall mandatory manner margin marine massive master mathematics mature maximum mayor meaning meanwhile mechanic mechanism medal medicine melt
membership memorable mental mercy mere merge method migrate migration military mineral minister ministry miracle mirror miserable missile mission mobile moderate modest modify module moisture monitor monkey monster mortgage motivate mount
multiple murder muscle museum musical mutual mystery myth narrative nation native necessary negative negotiate neighbour nephew nervous neutral nightmare nod nomination nonsense notebook notion novel nowadays nuclear numerous nut obey
objective obligation observe obtain obvious obviously occasion occasionally occupy occur odds offence offend officer official ongoing operate operation operator opponent opportunity oppose opposite optimal optimise optimistic ordinary organ organise
origin original ought outcome outfit output oven overall overcome overlook overnight oxygen pace package painful palace panic parallel parameter pardon participate particle particular partly partner passage passenger passion passive password paste patch
patience pattern peak penalty percent perfectly perform performance permanent permission permit personal personality perspective persuade phenomenon philosophy phrase physical pill pillow pin pint pitch pity pizza platform pleasant
pleasure plot pocket poison pole polite political politics pollution popular population portion portrait positive possess possibility poster potential poverty powder powerful practical praise pray precious precise predict pregnant
premium preparation presentation preserve president pressure prevent primary principle prior priority privacy privilege procedure proceed process produce product profession professional professor profile profit program progress prohibit
project prominent promote prompt pronounce proportion proposal propose prospect protection protest protocol provide province provision publish punch punish purchase pursue qualify quantity quarter queue quest quiz rabbit rail rapid
rarely ratio reaction reality realise realize recall receipt recognise recognize recommend recover recovery recruit recycle reduce reflect reform refuse register regulation reject relation relationship relative relevant reliable relief religion rely
remarkable remedy render renew repeatedly replace represent reputation require requirement research reserve resident resign resist resolution resolve resource respond response responsible restrict retain retire retreat reveal
revenue reverse revise revolution reward rhythm rifle riot ritual rival rocket romantic rough routine rubber ruin rural sack sacred sacrifice sake sanction satellite satisfy sauce scandal scenario schedule scheme scholar scope
scratch script sculpture seal secretary sector seize seldom select selection senior sensitive sequence series serial session settle settlement severe sexual shame shelter shock shortage shortly shower shrink sigh significant similar sincere
situation skeleton ski slave slice slide slip slope soldier sole solid solution solve sophisticated soul spectrum sphere spider spill split sponsor squad squeeze stadium stake standard statement status steady steam stem stimulate
stomach strategy strength stretch structure struggle submit subsequent substance substitute succeed success suffer sufficient suicide summary summit superior surgery surrender surround survey survive suspect suspend sustain sweat swing switch
symbol sympathy symptom talent tank technical technique technology temperature temporary tendency tennis tension tent terminal territory terror theme theory therapy thick thief thorough thread throat thumb tissue tobacco tomato
tongue tooth torture toss tourist tower tradition tragedy trait transfer transform transition translate transport treasure treatment tremendous trend trial tribe trigger trouble tunnel twin ultimate unable uncertain undergo
unfortunately uniform union unique unity universe university unknown unlike unlikely upper urban usage utility vacuum valid valuable variable variety various vary vegetable vehicle venture version versus vessel veteran victim
victory violence virtual virus visible vision vital vocal volume volunteer vulnerable wage wander warn warranty weapon wealth weed whisper widely widow wilderness willing wisdom witness wooden workshop worldwide worship wound wrap yell yield
broken running working loading showing playing streaming watching buffering crashing hanging freezing acting behaving getting giving making taking coming using trying looking waiting talking speaking
cluster pipeline container containers docker proxy tunnel kernel firewall router switch modem subnet gateway certificate certificates cert certs token tokens login logout dns dhcp vpn ssl tls http https api json yaml cron repo commit branch
haha hahaha lmao rofl bro dude mate buddy yo sup ugh meh hmm huh oops whoops yay nah bot asap fyi btw gaming family wedding holiday vacation moved motion emotion promote devote removes removed remover remotely removing
restful restless stored storing storage story restaurant deletion delight relate related dilute complete compete deploys delays display employ despite destiny descend distort history destined install stall instant instance
instantly until unless unable under understood wiped wider wiper swipe ripe pipe drops drip crop trap scrape scrapped scrub purge surge urge merge nuke duke erased phrase raise crazed
backs pack hack stack black logged blogs dogs loss lots legs login logo frogs lags fogs
stops shop step slop top spot stamp stoop starts stars stare startup smart stark strait chart staring stating staying stats static station statue statute stature
pots pods paws pads nodes notes modes codes bodes vim rums gems
update updates dated upset upload upgrade upbeat upstairs
helped held shelf helper stages staged strange states faults failure failures fault feature features
radio rider reader ladder bazaar bizarre gopher gutter gather grapes graph graphs traffic terrific trafficked prophet
media medium medical plea plexiglass complex reflex flexible calmer dash dashing dashboard nextdoor cloudy pilot hole pole photograph photos prism prison navigate
audio bookshelf sync syncing fresh refresh mealy meals minimum minimal flux influx mosquito mosquitoes mini moon notify notified gifts hosting homes homage homeless search searching stirring sterling linking links wall bag walls
budget author authority authentic beetle begin frigid fridge frigates esteem bread speed change detection files browse cave kayak comma comb caliber wire guard wireless unity duplicate duplicates duplicated scrutinise beside bezel
gates glances netting cod served server kitchen excalibur llama lama olive alarm jelly jell vanilla vulture warden garden plum plus pulse prom promise proms tandem trillion trillium watcher watchdog razzle dazzle
`;

/** The words, for look-up. */
const ordinary: ReadonlySet<string> = new Set(text.split(/\s+/).filter((word) => word !== ''));
const endings = /(?:'s|s|es|d|ed|ing|er|ers|ly|ish|y)$/;

/** Whether a word is plain English, also with an ordinary ending: "walked", "friends". */
export function isOrdinary(word: string): boolean {
  if (ordinary.has(word)) return true;
  const stem = word.replace(endings, '');
  if (stem.length < 3 || stem === word) return false;
  if (ordinary.has(stem) || ordinary.has(`${stem}e`)) return true;
  if (word.endsWith('ies') && ordinary.has(`${word.slice(0, -3)}y`)) return true;
  return stem.at(-1) === stem.at(-2) && ordinary.has(stem.slice(0, -1));
}
