// Docker's engine: the one that answers is used as it is; otherwise it is installed and started.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCandidate, install } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { lastLines, run, SetupError } from './process.mjs';

/** @import { Machine } from './machine.mjs' */
/** @import { Step } from './steps.mjs' */

const OWN_PID_FILE = '/run/canary-dockerd.pid';
const ENGINE_PID_FILE = '/run/docker.pid';
const LOG_FILE = '/var/log/canary-dockerd.log';
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 60_000;
const LOCAL_SOCKET = /unix:\/\/(\/var)?\/run\/docker\.sock/;

/** @type {Step} */
export const engine = {
  title: "Docker's engine",

  async inPlace() {
    return (await askEngine()).answers;
  },

  async provide({ machine, say }) {
    const { complaint } = await askEngine();
    refuseWhatSetupCannotMend(complaint);
    needRootOnDebian(
      machine,
      "Docker's engine does not answer.",
      'Install and start Docker Engine or Docker Desktop: https://docs.docker.com/engine/install/',
    );
    if ((await run('dockerd', ['--version'])).code !== 0) {
      await installEngine(machine, say);
    }
    await startEngine(machine, say);
  },
};

/**
 * Stops an engine that setup started by hand, and nothing else.
 * @param {(line: string) => void} say
 */
export async function stopOwnEngine(say) {
  const owned = readOwnPid();
  if (owned === undefined) {
    say('no engine of its own runs here; nothing to stop');
    return;
  }
  say(`stopping the engine that setup started (dockerd, process ${owned})`);
  process.kill(owned, 'SIGTERM');
  const stopped = await until(STOP_LIMIT_MS, () => readOwnPid() === undefined);
  if (!stopped) {
    throw new SetupError(`dockerd (process ${owned}) has not stopped yet.`, {
      hint: `It may be waiting for containers; look at ${LOG_FILE}.`,
    });
  }
  rmSync(OWN_PID_FILE, { force: true });
}

async function askEngine() {
  const { code, stdout, output } = await run('docker', [
    'version',
    '--format',
    '{{.Server.Version}}',
  ]);
  return { answers: code === 0 && stdout !== '', complaint: code === 127 ? '' : output };
}

/** @param {string} complaint */
function refuseWhatSetupCannotMend(complaint) {
  if (/permission denied/i.test(complaint)) {
    throw new SetupError("Docker's engine runs, but this user may not use it.", {
      hint: 'Run: sudo usermod -aG docker "$USER", log in again, then run this again.',
      exitCode: 2,
    });
  }
  const elsewhere = process.env.DOCKER_HOST ?? complaint.match(/daemon at (\S+?)\.? /)?.[1];
  if (elsewhere && !LOCAL_SOCKET.test(elsewhere)) {
    throw new SetupError(`The engine at ${elsewhere} does not answer.`, {
      hint: 'Start it, or use the engine here: unset DOCKER_HOST, docker context use default.',
      exitCode: 2,
    });
  }
}

/**
 * @param {Machine} machine
 * @param {(line: string) => void} say
 */
async function installEngine(machine, say) {
  say(`installing Docker's engine from the packages of ${machine.name} (docker.io, iptables)`);
  const packages = ['docker.io', 'iptables', 'ca-certificates'];
  // Where the kernel enforces AppArmor, the engine needs its parser to start a container.
  const apparmor = '/sys/module/apparmor/parameters/enabled';
  if (existsSync(apparmor) && readFileSync(apparmor, 'utf8').startsWith('Y')) {
    packages.push('apparmor');
  }
  await install(packages, machine);
  // Newer distributions keep the command in a separate package.
  if ((await run('docker', ['--version'])).code !== 0 && (await hasCandidate('docker-cli'))) {
    await install(['docker-cli'], machine);
  }
}

/**
 * @param {Machine} machine
 * @param {(line: string) => void} say
 */
async function startEngine(machine, say) {
  if (machine.systemd) {
    say("starting Docker's engine through systemd");
    await run('systemctl', ['start', 'docker']);
    if (!(await until(START_LIMIT_MS, async () => (await askEngine()).answers))) {
      const journal = await run('journalctl', ['-u', 'docker', '-n', '20', '--no-pager']);
      throw new SetupError("Docker's engine did not start.", { output: lastLines(journal.output) });
    }
    return;
  }
  await startByHand(say);
}

/** @param {(line: string) => void} say */
async function startByHand(say) {
  const other = readPid(ENGINE_PID_FILE);
  if (other !== undefined && commandOf(other) === 'dockerd') {
    say(`waiting for the engine that is starting already (dockerd, process ${other})`);
    if (await until(START_LIMIT_MS, async () => (await askEngine()).answers)) {
      return;
    }
    throw new SetupError(`dockerd (process ${other}) runs and does not answer.`, {
      hint: 'Stop it, then run this again.',
      exitCode: 2,
    });
  }
  // Left over by an engine that was killed; the number may belong to another program by now.
  rmSync(ENGINE_PID_FILE, { force: true });

  say(`starting Docker's engine (dockerd, log in ${LOG_FILE})`);
  const log = openSync(LOG_FILE, 'a+');
  const before = fstatSync(log).size;
  const child = spawn('dockerd', [], {
    cwd: '/',
    detached: true,
    env: {
      // It starts itself and other Go programs several times per container, and those collect garbage when they begin.
      GOGC: '400',
      ...process.env,
      PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
    },
    stdio: ['ignore', log, log],
  });
  let ended = false;
  child.on('error', () => {
    ended = true;
  });
  child.on('exit', () => {
    ended = true;
  });
  child.unref();
  if (child.pid !== undefined) {
    writeFileSync(OWN_PID_FILE, `${child.pid} ${startTimeOf(child.pid)}\n`);
  }
  const answers = async () => ended || (await askEngine()).answers;
  const started = (await until(START_LIMIT_MS, answers)) && !ended;
  if (!started) {
    const size = Math.min(fstatSync(log).size - before, 65_536);
    const text = Buffer.alloc(size);
    readSync(log, text, 0, size, fstatSync(log).size - size);
    if (!ended) {
      child.kill('SIGTERM');
    }
    rmSync(OWN_PID_FILE, { force: true });
    throw new SetupError(`Docker's engine did not start; its whole log is in ${LOG_FILE}.`, {
      output: lastLines(text.toString()),
      hint: 'In a container, the engine needs it to be privileged.',
    });
  }
  closeSync(log);
}

/**
 * @param {number} limit
 * @param {() => boolean | Promise<boolean>} condition
 */
async function until(limit, condition) {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    if (await condition()) {
      return true;
    }
    await sleep(200);
  }
  return false;
}

// The start time distinguishes our process from a later one with the same number.
function readOwnPid() {
  const pid = readPid(OWN_PID_FILE);
  if (pid === undefined || commandOf(pid) !== 'dockerd') {
    return undefined;
  }
  const noted = readFileSync(OWN_PID_FILE, 'utf8').trim().split(' ')[1];
  return noted === startTimeOf(pid) ? pid : undefined;
}

/** @param {string} file */
function readPid(file) {
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
  return pid > 1 ? pid : undefined;
}

/** @param {number} pid */
function commandOf(pid) {
  const file = `/proc/${pid}/comm`;
  return existsSync(file) && !isZombie(pid) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** @param {number} pid */
function isZombie(pid) {
  return statOf(pid)[0] === 'Z';
}

/** @param {number} pid */
function startTimeOf(pid) {
  return statOf(pid)[19] ?? '';
}

/**
 * The fields after the command, which is in brackets and may hold spaces.
 * @param {number} pid
 */
function statOf(pid) {
  const file = `/proc/${pid}/stat`;
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
    : [];
}
