import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A stand-in for the `docker` command where no container engine can run: it knows exactly the invocations below, keeps
 * its containers in a file, serves their port, and fails loudly for anything else. Written into a folder for PATH.
 */
export async function installDockerDouble(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'docker'), `#!${process.execPath}\n${program}`, { mode: 0o755 });
}

const program = String.raw`
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const state = path.join(__dirname, 'containers.json');
const args = process.argv.slice(2);
const load = () => (fs.existsSync(state) ? JSON.parse(fs.readFileSync(state, 'utf8')) : {});
const save = (all) => fs.writeFileSync(state, JSON.stringify(all));
const fail = (words) => { console.error(words); process.exit(1); };

// A compose file as Chiffon writes it: one service with an image and one published port.
function read(file) {
  const text = fs.readFileSync(file, 'utf8');
  const one = (pattern) => (text.match(pattern) || [])[1];
  return { name: one(/container_name: "?([\w.-]+)/), image: one(/image: "?([\w./:-]+)/), port: Number(one(/(\d+):\d+["']?$/m)) };
}
function serve(container) {
  const code = 'require("node:http").createServer((q, a) => a.end("ok from " + process.argv[2])).listen(Number(process.argv[1]), "127.0.0.1")';
  const child = spawn(process.execPath, ['-e', code, String(container.port), container.name], { detached: true, stdio: 'ignore' });
  child.unref();
  return child.pid;
}
function stop(container) {
  try { process.kill(container.pid); } catch (error) { if (error.code !== 'ESRCH') throw error; }
}

const line = args.join(' ');
const all = load();
if (line === 'compose version') console.log('Docker Compose version v2.40.3');
else if (line.startsWith('ps -a --no-trunc --format')) {
  for (const c of Object.values(all)) console.log(JSON.stringify({ Names: c.name, Image: c.image, State: c.state, Status: 'Up 1 minute', Ports: '0.0.0.0:' + c.port + '->' + c.port + '/tcp', Labels: 'com.docker.compose.project=' + c.name }));
} else if (args[0] === 'compose' && args[1] === '-f') {
  const wanted = read(args[2]);
  const verb = args.slice(3).join(' ');
  if (verb === 'pull') console.log('Pulled ' + wanted.image);
  else if (verb === 'up -d') {
    all[wanted.name] = { ...wanted, state: 'running', pid: serve(wanted) };
    save(all);
    console.log('Container ' + wanted.name + '  Started');
  } else if (verb === 'down --remove-orphans') {
    stop(all[wanted.name]);
    delete all[wanted.name];
    save(all);
    console.log('Container ' + wanted.name + '  Removed');
  } else fail('the double knows no compose ' + verb);
} else if (args[0] === 'compose' && args[1] === '-p' && args[3] === 'restart') {
  const container = all[args[2]] ?? fail('no such project: ' + args[2]);
  stop(container);
  container.pid = serve(container);
  save(all);
  console.log('Container ' + container.name + '  Restarted');
} else if (args[0] === 'image' && args[1] === 'inspect' && args.length === 3) {
  console.log(JSON.stringify([{ RepoDigests: [args[2].split(':')[0] + '@sha256:' + 'a1'.repeat(32)] }], null, 4));
} else fail('the double knows no docker ' + line);
`;
