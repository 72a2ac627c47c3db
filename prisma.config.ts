import { defineConfig } from 'prisma/config';

/**
 * For Prisma's own tools (`prisma generate`, `prisma migrate status`). Chiffon itself applies the migrations when it
 * starts and needs none of this.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:5432/chiffon' },
});
