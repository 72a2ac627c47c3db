/** Words that stand where a secret is expected and are none: states, types, and how a sentence goes on. */
const words = [
  'true|false|null|nil|none|undefined|nan|yes|no|on|off|ok|set|unset|empty|unknown|auto|default|prompt|env|file',
  'required|optional|missing|invalid|valid|expired|expires|wrong|incorrect|rejected|accepted|revoked|refreshed|rotated',
  'redacted|hidden|masked|removed|changed?|unchanged|updated|created|deleted|generated|stored|loaded|loading|found',
  'used|using|error|failed|failure|success|disabled|enabled|example|changeme|todo',
  'string|str|number|object|boolean|bytes?|array|secret|password|passwd|token|key|value',
  'not|is|are|was|has|had|for|the|an?|to|of|in|and|or|from|with|by|must|should|can|could|cannot|may|will',
].join('|');

/**
 * The source of a lookahead that fails before what can't be the secret itself: a reference to where it stands, a mask, a
 * word of a sentence, a small or measured number, a path, a flag, what was hidden already.
 */
export const noSecretValue = [
  String.raw`\[secret: `,
  String.raw`[$%][A-Za-z_({]|\{\{|\\?\$\{`,
  String.raw`<[A-Za-z_ -]{1,40}>|\*{3}|[xX]{3}|\.{3}|…|•`,
  String.raw`!(?:vault|secret|env|ENV)|(?:vault|env|file|ref|op|arn|aws|gcp|bao)[:+]|ENC\[`,
  String.raw`\/(?:run|etc|var|opt|home|root|secrets|mnt|srv|usr|data|config|tmp|proc|sys|dev|app)\b|\.{1,2}\/|~\/`,
  String.raw`(?:${words})(?![\w-])`,
  String.raw`-?[0-9]{1,5}(?![\w-])|[0-9.]{1,12}(?:[mµn]?s|m|h|d|[kKMG]i?B|%)\b`,
  String.raw`[-=&|;,:?\\]`,
].join('|');
