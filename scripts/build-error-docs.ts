import { writeFileSync } from 'node:fs';
import { ERROR_PAGE, errorPage } from './lib/error-page.ts';

writeFileSync(ERROR_PAGE, await errorPage());
