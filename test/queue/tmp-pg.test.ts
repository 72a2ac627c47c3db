import pg from 'pg';
import { queueContract } from '../contracts/queue-contract.ts';

queueContract('PostgreSQL', async () => {
  const url = 'postgres://chiffon@127.0.0.1:54399/q';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    url,
    wipe: async () =>
      void (await client.query(
        'TRUNCATE bullmq.job, bullmq.dedup, bullmq.dedup_next, bullmq.event, bullmq.meta, bullmq.rate_limit, bullmq.job_dependency, bullmq.job_log, bullmq.metrics, bullmq.scheduler',
      )),
    dump: async () =>
      JSON.stringify(
        (
          await client.query(
            'SELECT to_jsonb(job) FROM bullmq.job UNION ALL SELECT to_jsonb(e) FROM bullmq.event e UNION ALL SELECT to_jsonb(d) FROM bullmq.dedup_next d',
          )
        ).rows,
      ),
    stop: () => client.end(),
  };
});
