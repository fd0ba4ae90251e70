import { expect, test } from 'vitest';
import { fileFields } from '../../src/compose/clone/files.ts';
import { cloneObstacle } from '../../src/compose/clone/obstacle.ts';
import { isHarmless } from '../../src/compose/services/reach.ts';
import { expandVariables, missingVariables } from '../../src/config/values/environment.ts';
import { isWidened } from '../../src/database/compare/column-type.ts';
import { namesMoved } from '../../src/project/checkout/settings.ts';
import { actionsOf } from '../../src/rehearsal/mysql/actions.ts';
import { namingIn } from '../../src/rehearsal/mysql/cursor.ts';

/** Every object of JavaScript has these: a name from outside must not find them. */
const NAMES = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];

test.each(NAMES)('the field %s of a service is not known to be harmless', (name) => {
  expect(isHarmless(name, '')).toBe(false);
});

test.each(NAMES)('the statement %s does nothing', (name) => {
  expect(actionsOf(`${name} x`, 'shop', namingIn('shop'))).toEqual([]);
});

test.each(NAMES)('a config %s that the branch does not change stays the stable’s', (source) => {
  expect(fileFields({ configs: [{ source }] }, {})).toEqual({});
});

test.each(NAMES)('the variable %s is missing if it is not set', (name) => {
  const text = `\${${name}}`;
  expect(missingVariables([text], {})).toEqual([name]);
  expect(expandVariables(text, {})).toBe('');
});

test.each(NAMES)('a network mode %s is no obstacle', (network_mode) => {
  const model = {
    name: 'shop',
    services: Object.assign(Object.create(null), { web: { network_mode } }),
  };
  expect(cloneObstacle(model, 'web')).toBeUndefined();
});

test.each(NAMES)('a variable %s that the container alone has is moved', (name) => {
  const container = Object.fromEntries([[name, '1']]);
  expect(namesMoved({}, { container, image: {} })).toEqual([name]);
});

test.each(NAMES)('a type %s of the database is itself', (name) => {
  expect(isWidened(name, name)).toBe(true);
  expect(isWidened(name, `${name}x`)).toBe(false);
});
