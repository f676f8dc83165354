import { Module, type Type } from '@nestjs/common';
import { runService } from '@tributary/platform';
import { resolve } from 'node:path';

const APPS = resolve(__dirname, '../../../apps');

/** Services let no project in, so what was built is looked for where it lies. */
async function modules(): Promise<readonly Type[]> {
  const { AttributionModule } = (await import(
    resolve(APPS, 'attribution/dist/attribution.module.js')
  )) as { readonly AttributionModule: Type };
  const { CommissionModule } = (await import(
    resolve(APPS, 'commission/dist/src/commission.module.js')
  )) as { readonly CommissionModule: Type };
  return [AttributionModule, CommissionModule];
}

/** Attribution and commission in one process, as the embedded profile runs them. */
async function main(): Promise<void> {
  class BothModule {}
  Module({ imports: [...(await modules())] })(BothModule);
  await runService('bench', BothModule);
}

void main();
