import { expect, test } from 'vitest';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import { partsOfDump } from '../../../../src/rehearsal/mysql/dump-parts.ts';

const table = (name: string, position = '') => `
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`${name}\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`code\` varchar(9) DEFAULT NULL COMMENT 'it''s',
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`by_code\` (\`code\`),
  CONSTRAINT \`positive\` CHECK ((\`id\` > 0))
) ENGINE=InnoDB${position} DEFAULT CHARSET=utf8mb4 COMMENT='a table'
/*!50100 PARTITION BY RANGE (\`id\`)
(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */;
/*!40101 SET character_set_client = @saved_cs_client */;`;

/** As MySQL's program prints it; MariaDB's differs in the numbers of its comments. */
const dump = (tables: string) => `
/*!50503 SET NAMES utf8mb4 */;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`shop\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */ /*!80016 DEFAULT ENCRYPTION='N' */;

USE \`shop\`;
${tables}
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`%\`*/ /*!50003 TRIGGER \`touching\` BEFORE INSERT ON \`a\` FOR EACH ROW set new.id = 1 */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select 1 AS \`one\` */;`;

const partsOf = (text: string) => partsOfDump(text, namingIn('shop'));

test('a dump is divided into columns, keys, options, programs and views', () => {
  const parts = partsOf(dump(table('a', ' AUTO_INCREMENT=10')));
  expect(parts.map(({ key }) => key.join(' / '))).toEqual([
    'schema / shop',
    'table / a / column id',
    'table / a / column code',
    'table / a / key PRIMARY',
    'table / a / key by_code',
    'table / a / key positive',
    'table / a / options',
    'table / a / partitions',
    'table / a / partitions',
    'trigger / touching',
    'view / v',
  ]);
  expect(parts.at(-1)?.text).toContain('SQL SECURITY DEFINER');
  expect(parts.filter(({ text }) => /COMMENT|AUTO_INCREMENT=/.test(text))).toEqual([]);
});

test('programs and views do not depend on the tables before them', () => {
  const programs = (text: string) =>
    partsOf(text).filter(({ key }) => key[0] === 'trigger' || key[0] === 'view');
  expect(programs(dump(table('a') + table('b')))).toEqual(programs(dump('')));
});
