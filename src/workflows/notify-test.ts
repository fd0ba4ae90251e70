import type { Context } from '../context.ts';
import type { NotifyTest } from '../documents/notify.ts';
import { CanaryError } from '../errors.ts';
import { attempt } from '../notify/attempt.ts';
import { testMessage } from '../notify/message.ts';
import { CONFIG_NAME, loadComposeProject, loadConfig } from '../project/load.ts';

/** Sends a test message to every target, or to one, once each. Throws `notify-unknown` if there is no such target. */
export async function notifyTest(context: Context, name: string | undefined): Promise<NotifyTest> {
  const { directory, model } = await loadComposeProject(context);
  const { notify } = await loadConfig(context, directory);
  const chosen = notify.filter((target) => name === undefined || target.name === name);
  if (chosen.length === 0) throw unknown(name, notify);
  const message = testMessage(model.name);
  const targets = chosen.map(async (target) => {
    const { ok, status, words } = await attempt(
      context,
      directory,
      target,
      message,
      context.signal,
    );
    context.signal.throwIfAborted();
    return { name: target.name, kind: target.kind, ok, status: status ?? null, answer: words };
  });
  return { version: 1, targets: await Promise.all(targets) };
}

function unknown(name: string | undefined, known: readonly { name: string }[]): CanaryError {
  if (known.length === 0)
    return new CanaryError('notify-unknown', `${CONFIG_NAME} names nobody to notify.`, {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is written so in canary.yaml.
      hint: 'Add a target, such as `notify: [{ slack: "${SLACK_WEBHOOK}" }]`.',
    });
  const names = known.map((each) => each.name).join(', ');
  return new CanaryError('notify-unknown', `No target of \`notify\` is called \`${name}\`.`, {
    hint: `There are ${names}.`,
  });
}
