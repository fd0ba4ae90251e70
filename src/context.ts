import { fileURLToPath } from 'node:url';
import type { EventSink } from './rollout/events.ts';
import { composeCli } from './system/docker/compose.ts';
import { dockerEngine } from './system/docker/engine.ts';
import { registryCalls } from './system/docker/registry.ts';
import { type Machine, realMachine } from './system/machine.ts';
import type { Environment } from './system/process.ts';
import { sshRunner } from './system/remote-shell.ts';
import type { ChecklistQuestion, ChoiceQuestion, TypedQuestion } from './ui/prompts.ts';

/** Flags every command takes. */
interface GlobalOptions {
  /** The folder to work in, absolute. */
  directory: string;
  files: readonly string[];
  projectName: string | undefined;
  envFiles: readonly string[];
  profiles: readonly string[];
  /** Another canary.yaml. */
  config: string | undefined;
}

/** Asks the user at the terminal; without a terminal it asks nothing. */
interface Prompt {
  /** Whether somebody is there to be asked: at a terminal, and not in CI. */
  isAttended: boolean;
  /** The answers to a question; `undefined` without a terminal, or if the user cancels. */
  chooseOne(question: ChoiceQuestion): Promise<string | undefined>;
  chooseSeveral(question: ChecklistQuestion): Promise<string[] | undefined>;
  type(question: TypedQuestion): Promise<string | undefined>;
  /** Shows a text between questions. */
  show(title: string, text: string): Promise<void>;
  /** Whether the user agrees; `false` also without a terminal. */
  confirm(question: string): Promise<boolean>;
}

/** The parts of the world a workflow uses. */
export interface Context extends ReturnType<typeof worldOf> {
  options: GlobalOptions;
  prompt: Prompt;
  emit: EventSink;
  /** From here on, calls `heard` with every event too, until the returned function is called. */
  listen(heard: EventSink): () => void;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

/** The top folder of the package, from src and from dist alike. */
const PACKAGE = new URL('..', import.meta.url);

/** The parts of the world, on a machine; the programs that they run inherit `env`. */
export function worldOf(env: Environment, machine: Machine = realMachine(env)) {
  const { run, engineWay, clock } = machine;
  return {
    env,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    clock,
    hasIpv6: machine.hasIpv6,
    engine: dockerEngine(run, engineWay),
    streams: machine.streams,
    compose: composeCli(run, engineWay, env),
    registry: registryCalls(run, clock),
    git: machine.git,
    runRemotely: sshRunner(run, env),
    http: machine.http,
    runProgram: machine.runProgram,
    /** Where this program is, so that a hook can call it, and the files it gives to users. */
    program: {
      node: process.execPath,
      script: fileURLToPath(new URL('bin/canary.js', PACKAGE)),
      templates: fileURLToPath(new URL('templates', PACKAGE)),
      /** The JSON Schema of canary.yaml. */
      schema: fileURLToPath(new URL('schema/canary-yaml.json', PACKAGE)),
    },
  };
}
