import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** Version of this product, as published. */
export const productVersion = z.object({ version: z.string() }).parse(manifest).version;
