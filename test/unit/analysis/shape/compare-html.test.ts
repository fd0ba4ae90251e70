import { expect, test } from 'vitest';
import { compareShapes } from '../../../../src/analysis/shape/compare.ts';
import { describeDifferences } from '../../../../src/analysis/shape/describe.ts';
import { allow } from '../../../../src/config/sections/shape.ts';
import { differencesOf, page } from '../../../support/fixture-answers.ts';

const search = '<form><input name="q"><button>Go</button></form>';

test.each([
  ['text is no structure', '<h1>Ropes</h1>', '<h1>Balls</h1>', []],
  [
    'nor are classes and links',
    '<a class="x1f" href="/a">a</a>',
    '<a class="k9" href="/b">b</a>',
    [],
  ],
  ['nor is the number of siblings alike', '<ul><li>1<li>2</ul>', '<ul><li>1</ul>', []],
  ['nor their order', '<h1>a</h1><p>b', '<p>b</p><h1>a</h1>', []],
  [
    'a field of a form',
    `<main>${search}</main>`,
    '<main><form><button></button></form></main>',
    ['missing main > form > input[name=q]'],
  ],
  [
    'an element with an id',
    '<div id="cart"></div>',
    '<div></div>',
    ['missing body > div#cart', 'new body > div'],
  ],
  [
    'an element that some siblings lack',
    '<ul><li><b>1</b></ul>',
    '<ul><li><b>1</b><li>2</ul>',
    ['missing ul > li > b'],
  ],
  ['a number in an id is data', '<p id="row-17">', '<p id="row-4711">', []],
  [
    'a number in the name of a field too',
    '<input name="items[0][amount]">',
    '<input name="items[12][amount]">',
    [],
  ],
  [
    'the word before it is none',
    '<input name="address1">',
    '<input name="street1">',
    ['missing body > input[name=address*]', 'new body > input[name=street*]'],
  ],
  [
    'a picture has no structure',
    '<svg><path d="M0"/></svg><p>',
    '<svg><g><circle r="1"/></g></svg><p>',
    [],
  ],
  ['what follows a picture has', '<svg><g></g></svg><p>', '<svg></svg>', ['missing body > p']],
  ['the name of what is no field', '<a name="top">a</a>', '<a>a</a>', []],
  ['nor do scripts', '<script>"<p>"</script>', '<script>"<i>"</script>', []],
  ['text like a tag', '<p>5 < 6</p>', '<p>a <b@c.example> d</p>', ['new p > unknown']],
])('%s', (_, stable, canary, found) => {
  expect(differencesOf([page(stable)], [page(canary)])).toEqual(found);
});

test('an advertisement that appears only sometimes is noise', () => {
  const [withAd, without] = [page('<h1>a</h1><aside></aside>'), page('<h1>a</h1>')];
  expect(differencesOf([withAd, without], [without])).toEqual([]);
  expect(differencesOf([without], [withAd])).toEqual(['new body > aside']);
});

test('elements that vary are not taken for a map', () => {
  const [one, other] = [page('<main><p>a</p></main>'), page('<main><ul></ul></main>')];
  expect(differencesOf([one, other], [page('<main><table></table></main>')])).toEqual([
    'new main > table',
  ]);
});

test('a fragment of a page is compared as it is', () => {
  const part = (body: string) => ({ status: 200, contentType: 'text/html', body });
  expect(differencesOf([part('<li><a>x</a>')], [part('<li>x')])).toEqual(['missing li > a']);
});

test('a page without its head and body is a difference', () => {
  const whole = page('<p>');
  expect(differencesOf([whole], [{ ...whole, body: '<html></html>' }])).toEqual([
    'missing head',
    'missing body',
  ]);
});

test.each([
  ['<p>undefined</p>', ['undefined']],
  ['<p>Price: NaN</p>', ['NaN']],
  ['<p>Hello [object Object]!</p>', ['[object Object]']],
  ['<p>CODE1</p><script>let x = undefined;</script>', []],
  ['<p title="undefined">undefinedness</p>', []],
])('%s shows missing values: %j', (body, words) => {
  const stable = page('<p>CODE1</p>');
  const { differences, isBroken } = compareShapes([stable, stable], [page(body)]);
  const blanks = differences.filter(({ kind }) => kind === 'blank');
  expect(blanks.map(({ canary }) => canary)).toEqual(words);
  expect(isBroken).toBe(words.length > 0);
  if (words.length > 0)
    expect(describeDifferences('GET', '/', blanks)).toBe(
      `GET /: the text has \`${words[0]}\` on the canary.`,
    );
});

test('a page that shows such a value on purpose is declared by `body > text`', () => {
  const stable = page('<p>CODE1</p>');
  const allowed = allow.parse(['body > text']);
  const compared = compareShapes([stable, stable], [page('<p>undefined</p>')], allowed);
  expect(compared.isBroken).toBe(false);
});

test('a missing value that the stable shows too is no difference', () => {
  const both = page('<p>undefined</p>');
  expect(compareShapes([both, both], [both]).isBroken).toBe(false);
});
