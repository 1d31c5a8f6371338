/** `npm run readme`: brings README's support tables up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withSupportTables } from './support-table.js';

const readme = new URL('../../README.md', import.meta.url);
writeFileSync(readme, withSupportTables(readFileSync(readme, 'utf8')));
