import type { CanaryEvent, EventSink } from './events.ts';

/** One sink for all events, and a way to hear them too: listeners hear each after the first sink has it. */
export function eventHub(first: EventSink): {
  emit: EventSink;
  listen: (heard: EventSink) => () => void;
} {
  const listeners = new Set<EventSink>();
  return {
    emit(event: CanaryEvent) {
      first(event);
      for (const heard of listeners) heard(event);
    },
    listen(heard) {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
  };
}
