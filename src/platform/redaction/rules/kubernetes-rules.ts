import type { BlockGrammar, SecretRule, Stretch } from '../secret-rule.ts';

/** Members of a Secret's `data`, as YAML below it: as long as the lines stand deeper than the word itself. */
function membersBelow(value: (text: string) => boolean): BlockGrammar {
  return {
    open(line, at) {
      const depth = at - (line.lastIndexOf('\n', at) + 1);
      return (member) => {
        const parts =
          /^(?<space>[ \t]*)["']?[\w.-]{1,128}["']?:[ \t]+["']?(?<secret>[^\s"'|>][^\r\n"']*?)["']?,?[ \t]*$/d.exec(
            member,
          );
        const deeper = (/^[ \t]*/.exec(member)?.[0].length ?? 0) > depth;
        const secret = parts?.indices?.groups?.['secret'];
        const hidden: Stretch[] =
          deeper && secret !== undefined && value(member.slice(...secret)) ? [secret] : [];
        return { hidden, goesOn: deeper };
      };
    },
  };
}

/** Whether a value is base64 and no ordinary word: of a whole number of groups, and mixed or padded. */
function looksEncoded(text: string): boolean {
  return (
    /^[A-Za-z0-9+/]{4,}={0,2}$/.test(text) &&
    text.length % 4 === 0 &&
    (text.endsWith('=') ||
      (/[a-z]/.test(text) && /[A-Z]/.test(text)) ||
      (/[A-Z]/.test(text) && /[0-9]/.test(text)))
  );
}

/** Secrets of Kubernetes. Their `data` stands before the word `Secret`, so `data` is told by what is below it. */
export const kubernetesRules: readonly SecretRule[] = [
  {
    kind: 'data of a Kubernetes Secret',
    anchors: ['data:'],
    find: /(?<=\n[ \t]{0,40})data:(?<secret>)(?=[ \t]*$)/dy,
    block: membersBelow(looksEncoded),
    examples: {
      secret: [
        'apiVersion: v1\ndata:\n  password: «aHVudGVyMg==»\n  username: «YWRtaW4=»\nkind: Secret\nmetadata:\n  name: db\n',
      ],
      harmless: [
        'apiVersion: v1\ndata:\n  mode: http\n  level: info\n  url: http://postgres\nkind: ConfigMap',
        'data: 5 rows',
      ],
    },
  },
  {
    kind: 'data of a Kubernetes Secret',
    anchors: ['stringData:'],
    find: /(?<=\n[ \t]{0,40})stringData:(?<secret>)(?=[ \t]*$)/dy,
    block: membersBelow((text) => !text.startsWith('[secret: ')),
    examples: {
      secret: ['kind: Secret\nstringData:\n  api: «plain words»\ntype: Opaque'],
      harmless: ['field stringData: is only written, never read'],
    },
  },
  {
    kind: 'data of a Kubernetes Secret',
    anchors: ['"data":', '"stringData":'],
    find: findJsonMembers,
    block: {
      open: () => (line) => {
        const hidden = encodedMembers(line, 0);
        return { hidden, goesOn: !line.includes('}') };
      },
    },
    examples: {
      secret: [
        '{"apiVersion":"v1","data":{"password":"«aHVudGVyMg==»","user":"«YWRtaW4=»"},"kind":"Secret"}',
        '{\n  "data": {\n    "password": "«aHVudGVyMg==»"\n  },\n  "kind": "Secret"\n}',
      ],
      harmless: ['{"data":{"result":"success","rows":[]}}', '{"data": [1, 2]}'],
    },
  },
];

/** The encoded members of an object that begins on this line, up to its end. */
function findJsonMembers(line: string, at: number): readonly Stretch[] | null {
  const opening = /"(?:data|stringData)":\s{0,4}\{/y;
  opening.lastIndex = at;
  if (!opening.test(line)) return null;
  return encodedMembers(line, opening.lastIndex);
}

function encodedMembers(line: string, from: number): Stretch[] {
  const end = line.indexOf('}', from);
  const found: Stretch[] = [];
  for (const member of line.matchAll(/"[\w.-]{1,128}":\s{0,4}"(?<secret>[A-Za-z0-9+/]{4,}={0,2})"/dg)) {
    const secret = member.indices?.groups?.['secret'];
    if (secret === undefined || secret[0] < from || (end >= 0 && secret[0] > end)) continue;
    if (looksEncoded(line.slice(...secret))) found.push(secret);
  }
  return found;
}
