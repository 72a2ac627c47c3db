import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintSourceCode } from '@secretlint/types';
import type { SecretRule, SecretSearch, Stretch } from '../secret-rule.ts';

/**
 * Tokens of well-known providers, by the rules of secretlint's recommended preset: the library knows their lengths and
 * alphabets and follows when they change. Its own entry point works in promises and on whole files, so the rules are
 * called one by one, on the line where an anchor stands.
 */
export const libraryRules: readonly SecretRule[] = [
  {
    kind: 'GitHub token',
    anchors: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    find: byLibrary('github'),
    examples: {
      secret: [
        'token: «ghp_·wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx»',
        '«github_pat_·11AAAAAAA0abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456»',
      ],
      harmless: ['ghp_ is how classic tokens begin', 'see ghs_README.md'],
    },
  },
  {
    kind: 'GitLab token',
    anchors: ['glpat-'],
    find: byLibrary('gitlab'),
    examples: { secret: ['clone with «glpat-·x9Yz8AbCdEfGhIjKlMnO»'], harmless: ['glpat-short'] },
  },
  {
    kind: 'npm token',
    anchors: ['npm_'],
    find: byLibrary('npm'),
    examples: {
      secret: ['//registry.example/:_authToken=«npm_·abcdefghijklmnopqrstuvwxyz0123456789»'],
      harmless: ['npm_config_registry=https://registry.example', 'npm_lifecycle_event=postinstall'],
    },
  },
  {
    kind: 'Slack token',
    anchors: ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-'],
    find: byLibrary('slack'),
    examples: {
      secret: ['SLACK «xoxb-·123456789012-1234567890123-abcdefABCDEF123456abcdef»'],
      harmless: ['xoxb- is how bot tokens begin'],
    },
  },
  {
    kind: 'Slack webhook',
    anchors: ['hooks.slack'],
    find: /hooks\.slack\.com\/services\/(?<secret>T\w{1,40}\/B\w{1,40}\/\w{1,40})/dy,
    examples: {
      secret: ['posting to https://hooks.sl·ack.com/services/«T00000000/B00000000/aBcDeFgHiJkLmNoPqRsTuVwX»'],
      harmless: ['https://hooks.slack.com answered 200'],
    },
  },
  {
    kind: 'SendGrid key',
    anchors: ['SG.[a-z0-9]'],
    find: byLibrary('sendgrid'),
    examples: {
      secret: ['«SG.·aBcDeFgHiJkLmNoPqRsTuV.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_-abcde»'],
      harmless: ['built lib/SG.so in 2 s'],
    },
  },
  {
    kind: 'Stripe key',
    anchors: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
    find: byLibrary('stripe'),
    examples: {
      secret: ['«sk_li·ve_abcdefghijklmnopqrstuvwx»'],
      harmless: ['sk_live_ keys begin like this'],
    },
  },
  {
    kind: 'Shopify token',
    anchors: ['shppa_', 'shpca_', 'shpat_', 'shpss_'],
    find: byLibrary('shopify'),
    examples: { secret: ['«shpat_·0123456789abcdef0123456789abcdef»'], harmless: ['shpat_ files'] },
  },
  {
    kind: 'OpenAI key',
    anchors: ['sk-[a-z0-9]'],
    find: byLibrary('openai'),
    examples: {
      secret: ['Incorrect API key provided: «sk-·abcdefghij0123456789T3BlbkFJabcdefghij0123456789»'],
      harmless: ['risk-based', 'disk-sk-a1 is online'],
    },
  },
  {
    kind: 'Anthropic key',
    anchors: ['sk-ant-'],
    find: /sk-ant-(?:api|admin|oat|sid)[0-9]{2}-[\w-]{24,}/dy,
    continues: /[\w-]/,
    examples: {
      secret: [
        'x-goog «sk-ant-·api03-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz-AA»',
      ],
      harmless: ['sk-ant- is how their keys begin'],
    },
  },
  {
    kind: 'Groq key',
    anchors: ['gsk_[a-z0-9]'],
    find: byLibrary('groq'),
    examples: {
      secret: ['«gsk_·abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP»'],
      harmless: ['gsk_render_node_new failed'],
    },
  },
  {
    kind: 'Hugging Face token',
    anchors: ['hf_[a-z]'],
    find: byLibrary('huggingface'),
    examples: {
      secret: ['«hf_·abcdefghijklmnopqrstuvwxyzABCDEFGH»'],
      harmless: ['hf_hub_download finished'],
    },
  },
  {
    kind: 'Linear key',
    anchors: ['lin_api_'],
    find: byLibrary('linear'),
    examples: {
      secret: ['«lin_api_·abcdefghijklmnopqrstuvwxyz0123456789ABCD»'],
      harmless: ['lin_api_version=2'],
    },
  },
  {
    kind: 'Notion token',
    anchors: ['ntn_[0-9]'],
    find: byLibrary('notion'),
    examples: {
      secret: ['«ntn_·12345678901abcdefghijklmnopqrstuvwxyzABCDEFGHI»'],
      harmless: ['ntn_1 is a test'],
    },
  },
  {
    kind: '1Password service account token',
    anchors: ['ops_ey'],
    find: /ops_ey[A-Za-z0-9+/=]{60,}/dy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: [
        'OP «ops_·eyJzaWduSW5BZGRyZXNzIjoiZXhhbXBsZS4xcGFzc3dvcmQuY29tIiwidXNlckF1dGgiOnsibWV0aG9kIjoi»',
      ],
      harmless: ['ops_eye'],
    },
  },
  {
    kind: 'Vault token',
    anchors: ['hvs.', 'hvb.', 'hvr.'],
    find: byLibrary('hashicorp-vault'),
    examples: {
      secret: [
        '«hvs.·CAESIJabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCD»',
      ],
      harmless: ['hvs.example.com is up'],
    },
  },
  {
    kind: 'Grafana token',
    anchors: ['glc_', 'glsa_'],
    find: byLibrary('grafana'),
    examples: {
      secret: ['«glsa_·abcdefghijklmnopqrstuvwxyzABCDEF_0a1b2c3d»'],
      harmless: ['glc_init done'],
    },
  },
  {
    kind: 'Vercel token',
    anchors: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
    find: byLibrary('vercel'),
    examples: { secret: ['«vcp_·abcdefghijklmnopqrstuvwx»'], harmless: ['vcp_ports=4'] },
  },
  {
    kind: 'Databricks token',
    anchors: ['dapi[0-9a-f]'],
    find: byLibrary('databricks'),
    examples: { secret: ['«dapi·0123456789abcdef0123456789abcdef»'], harmless: ['dapi2 is old'] },
  },
  {
    kind: 'Docker Hub token',
    anchors: ['dckr_pat_'],
    find: byLibrary('docker'),
    examples: {
      secret: ['docker login with «dckr_pat_·abcdefghijklmnopqrstuvwxyzA»'],
      harmless: ['dckr_pat_ tokens'],
    },
  },
  {
    kind: 'Figma token',
    anchors: ['figd_'],
    find: byLibrary('figma'),
    examples: { secret: ['«figd_·abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH»'], harmless: ['figd_ files'] },
  },
  {
    kind: 'Cloudflare token',
    anchors: ['cfk_', 'cfut_', 'cfat_'],
    find: byLibrary('cloudflare'),
    examples: {
      secret: ['«cfut_·abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN01234567»'],
      harmless: ['cfut_ is how user tokens begin'],
    },
  },
  {
    kind: 'AWS access key',
    anchors: ['AKIA', 'ASIA', 'A3T[a-z0-9]'],
    find: /(?<![A-Za-z0-9])(?:AKIA|ASIA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])/dy,
    examples: { secret: ['key «AKIA·IOSFODNN7EXAMPL2» is used'], harmless: ['ASIA is a continent', 'AKIAX'] },
  },
];

/** Calls one rule of the library on a line. What it reports counts where it begins at the anchor. */
function byLibrary(name: string): SecretSearch {
  const id = `@secretlint/secretlint-rule-${name}`;
  const rule = rules.find(({ meta }) => meta.id === id);
  if (rule === undefined) throw new Error(`secretlint's preset has no rule ${id}`);
  let reported: Stretch[] = [];
  const { file } = rule.create(
    {
      sharedOptions: {},
      createTranslator: () => (messageId, data) => ({
        message: String(messageId),
        messageId: String(messageId),
        data,
      }),
      report: ({ range }) => reported.push(range),
      ignore: () => {},
    },
    {},
  );
  if (file === undefined) throw new Error(`secretlint's rule ${id} doesn't read files`);
  return (line, at) => {
    reported = [];
    // The rules read nothing but the content, and are done when they return.
    void file({ content: line } as SecretLintSourceCode);
    const here = reported.filter(([start]) => start === at);
    return here.length === 0 ? null : here;
  };
}
