import { Module } from '@nestjs/common';

/** The services of this process. Each is whole by itself; here is the only place that sees more than one. */
@Module({ imports: [] })
export class StandaloneModule {}
