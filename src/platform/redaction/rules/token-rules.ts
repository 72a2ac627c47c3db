import type { SecretRule } from '../secret-rule.ts';

/** Tokens of what runs in homelabs, by how they look. */
export const tokenRules: readonly SecretRule[] = [
  {
    // The first part is the bot's id, a number, in base64; so each character has few values.
    kind: 'Discord bot token',
    anchors: ['[MNO][DTjz][AEIMQUYcgk][w-z0-5][MNO]'],
    find: /(?<![\w-])[MNO][DTjz][AEIMQUYcgk][w-z0-5][A-Za-z0-9_-]{16,28}\.[\w-]{6}\.[\w-]{25,}/dy,
    continues: /[\w-]/,
    examples: {
      secret: ['login with «MTI·zNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB» failed'],
      harmless: ['blob MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw', 'OTA5Mjc3 files'],
    },
  },
  {
    kind: 'Discord webhook',
    anchors: ['.com/api/webhooks/'],
    find: /\.com\/api\/(?:v[0-9]+\/)?webhooks\/[0-9]{15,22}\/(?<secret>[\w-]{40,})/dy,
    continues: /[\w-]/,
    examples: {
      secret: [
        'POST https://discord.com/api/webhooks/123456789012345678/«abcdefghijklmnopqrstuvwxyz0123456789·ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef»',
      ],
      harmless: ['see https://discord.com/api/webhooks/ for the format'],
    },
  },
  {
    kind: 'Matrix access token',
    anchors: ['syt_', 'mat_', 'mct_', 'mcr_'],
    find: /(?:syt_[A-Za-z0-9+/=_-]{4,}_[A-Za-z]{16,}_[A-Za-z0-9]{6}|(?:mat|mct|mcr)_[A-Za-z0-9]{20,}_[A-Za-z0-9]{4,8})(?![A-Za-z0-9])/dy,
    examples: {
      secret: [
        '--as «syt_·Y2hpZmZvbg_abcdefghijklmnopqrst_1AbCdE»',
        '«mct_·abcdefghijklmnopqrstuvwxyz0123_AbCd12»',
      ],
      harmless: ['mat_mul took 3 ms', 'syt_ files', 'format mct_table'],
    },
  },
  {
    kind: 'Matrix macaroon',
    anchors: ['MDAx[a-z0-9]'],
    find: /MDAx[A-Za-z0-9]{2}xvY2F0aW9u[A-Za-z0-9+/_=-]{40,}/dy,
    continues: /[A-Za-z0-9+/_=-]/,
    examples: {
      secret: ['«MDAx·OGxvY2F0aW9uIG1hdHJpeC5vcmcKMDAxM2lkZW50aWZpZXIga2V5CjAwMTBjaWQgZ2Vu»'],
      harmless: ['MDAxMjM0NTY3ODkw'],
    },
  },
  {
    kind: 'Proxmox API token',
    anchors: ['PVEAPIToken=', 'PBSAPIToken='],
    find: /P[VB][ES]APIToken=[^\s=:!]{1,64}![\w.-]{1,64}[=:](?<secret>[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})/dy,
    examples: {
      secret: [
        'curl -H "Authorization: PVEAPIToken=root@pam!chiffon=«aaaaaaaa-bbbb-cccc-dddd-ef0123456789»"',
      ],
      harmless: ['Authorization: PVEAPIToken=USER@REALM!TOKENID=UUID'],
    },
  },
  {
    kind: 'Proxmox ticket',
    anchors: ['PVE:', 'PBS:', 'PVE%3A'],
    find: /P[VB][ES](?::|%3A)[^\s:]{1,64}?(?::|%3A)[0-9A-F]{8}(?:::|%3A%3A)(?<secret>[A-Za-z0-9+/=%]{40,})/dy,
    continues: /[A-Za-z0-9+/=%]/,
    examples: {
      secret: [
        'PVEAuthCookie=PVE:root@pam:65A1B2C3::«abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ==»',
      ],
      harmless: ['PVE: version 9.1', 'running PVE:9'],
    },
  },
  {
    // secretlint wants the exact lengths; older keys and those of Headscale are shorter.
    kind: 'Tailscale key',
    anchors: ['tskey-', 'hskey-'],
    find: /[th]skey-[a-z]{2,20}-[A-Za-z0-9_-]{12,}/dy,
    continues: /[\w-]/,
    examples: {
      secret: ['tailscale up --authkey «tskey-·auth-kAbCdEfGhI11CNTRL-abcdefghijklmnopqrstuvwxyzABCDEF»'],
      harmless: ['tskey-auth- is how they begin'],
    },
  },
  {
    kind: 'ntfy token',
    anchors: ['tk_[a-z0-9]'],
    find: /tk_[a-z0-9]{29}(?![A-Za-z0-9_])/dy,
    examples: {
      secret: ['ntfy publish --token «tk_·abcdefghijklmnopqrstuvwxyz012» alerts hi'],
      harmless: ['tk_widget_configure called', 'libtk_stub'],
    },
  },
  {
    kind: 'Telegram bot token',
    anchors: [':AA[a-z0-9_-]'],
    before: '0-9',
    find: /:(?<secret>AA[\w-]{31,})(?![\w-])/dy,
    examples: {
      secret: ['GET https://api.telegram.org/bot123456789:«AA·HdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1»/getMe'],
      harmless: ['mac 52:54:00:AA:bb:cc', '12:AAB'],
    },
  },
  {
    kind: 'JSON web token',
    anchors: ['eyJ[a-z0-6]'],
    find: /eyJ[\w-]{8,}\.(?:eyJ[\w-]{4,}|[\w-]{0,700}\.[\w-]{10,})(?:\.[\w-]*)*/dy,
    continues: /[\w.-]/,
    examples: {
      secret: [
        'Bearer «eyJ·hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhYmNkZWYwMTIzIiwiaWF0IjoxNzAwMDAwMDAwfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk»',
      ],
      harmless: ['eyJhIn0 is {"a"}', 'the map is eyJ2ZXJzaW9uIjozfQ=='],
    },
  },
  {
    kind: 'Cloudflare tunnel token',
    anchors: ['eyJhI', 'eyJzI', 'eyJ0I'],
    find: /eyJ(?:hIjoi|0Ijoi|zIjoi)[A-Za-z0-9+/]{60,}={0,2}/dy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: [
        'cloudflared tunnel run --token «eyJ·hIjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJ0IjoiYWFhYWFhYWEtYmJiYi1jY2NjIiwicyI6Ik9E»',
      ],
      harmless: ['eyJhIjoiYiJ9'],
    },
  },
  {
    kind: 'Cloudflare origin key',
    anchors: ['v1.0-[0-9a-f]'],
    find: /v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}/dy,
    continues: /[0-9a-f]/,
    examples: {
      secret: [`«v1.0-·0123456789abcdef01234567-${'0123456789abcdef'.repeat(8)}»`],
      harmless: ['image: app:v1.0-beta', 'v1.0-5-gdeadbee'],
    },
  },
  {
    kind: 'k3s token',
    anchors: ['K10[0-9a-f]'],
    find: /K10[0-9a-f]{40,}::(?<secret>[^\s"']{8,})/dy,
    examples: {
      secret: [`K10${'0123456789abcdef'.repeat(4)}::«server:0123456789abcdef0123456789abcdef»`],
      harmless: ['K10a is a model'],
    },
  },
  {
    kind: 'age key',
    anchors: ['AGE-SECRET-KEY-', 'AGE-PLUGIN-'],
    find: /AGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]{1,20})-(?:PQ-)?1[A-Z0-9]{20,}/dy,
    continues: /[A-Z0-9]/,
    examples: {
      secret: ['«AGE-SECRET-KEY-·1QQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQQQPQQ»'],
      harmless: ['AGE-SECRET-KEY-1… is what the file should begin with'],
    },
  },
  {
    kind: 'Google key',
    anchors: ['AIza[a-z0-9]', 'ya29.', 'GOCSPX-'],
    find: /(?:AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})(?![\w-])/dy,
    examples: {
      secret: ['maps key «AIza·SyA1234567890abcdefghijklmnopqrstuv»'],
      harmless: ['AIza is how they begin'],
    },
  },
  {
    kind: 'API token',
    anchors: [
      'dop_v1_',
      'pypi-Ag',
      'sntrys_',
      'nbp_[a-z0-9]',
      'xai-[a-z0-9]',
      'nvapi-',
      'glrt-',
      'gldt-',
      'glptt-',
      'dp.pt.',
      'ATATT3',
    ],
    find: /(?:dop_v1_[0-9a-f]{40,}|pypi-Ag[\w-]{40,}|sntrys_[\w+/=-]{40,}|nbp_[A-Za-z0-9]{36}|xai-[A-Za-z0-9]{60,}|nvapi-[\w-]{50,}|gl(?:rt|dt|ptt)-[\w-]{20,}|dp\.pt\.[A-Za-z0-9]{40,}|ATATT3[\w=-]{40,})(?![\w-])/dy,
    continues: /[\w+/=-]/,
    examples: {
      secret: [
        '«dop_v1_·0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef»',
        'netbird up --setup «nbp_·abcdefghijklmnopqrstuvwxyz0123456789»',
      ],
      harmless: ['xai-org published a model', 'nbp_1'],
    },
  },
  {
    kind: 'Plex token',
    anchors: ['Plex-Token'],
    find: /Plex-Token["']?\s{0,4}[=:]\s{0,4}["']?(?<secret>[\w-]{16,})/diy,
    continues: /[\w-]/,
    examples: {
      secret: [
        'GET /library/sections?X-Plex-Token=«abcdefghij0123456789» 200',
        'X-Plex-Token: «zyxwvutsrq9876543210»',
      ],
      harmless: ['set the header X-Plex-Token'],
    },
  },
  {
    kind: 'Pi-hole key',
    anchors: ['[?&]auth=', '[?&]sid='],
    find: /[?&](?:auth|sid)=(?<secret>[A-Za-z0-9+/=%]{20,})/dy,
    continues: /[A-Za-z0-9+/=%]/,
    examples: {
      secret: [`GET /admin/api.php?summary&auth=«${'0123456789abcdef'.repeat(4)}» 200`],
      harmless: ['/login?auth=basic', '/x?sid=12'],
    },
  },
];
