import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectTagToMove, withUsers } from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';

/** The same of a tag from a variable: test/long/images/variable-tag.test.ts. */
describe('a tag that moves, written in the compose file', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    shop = await ImageShop.started('1');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it('is moved here by the promotion alone, and back by a revert', () => expectTagToMove(shop));
});
