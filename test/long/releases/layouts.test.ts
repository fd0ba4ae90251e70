import { LAYOUTS, type LayoutName } from '../../support/fixture-layouts.ts';
import { layoutSuite } from '../../support/layout-suite.ts';

layoutSuite(Object.keys(LAYOUTS) as LayoutName[]);
