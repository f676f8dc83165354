import 'reflect-metadata';
import { Body, Controller, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Type } from 'class-transformer';
import {
  Equals,
  IsInt,
  IsISO8601,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { randomUUID } from 'node:crypto';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';

class TrainingData {
  @Matches(/^[a-z0-9]{1,32}$/) partnerRef!: string;
  @Length(1, 200) completionRef!: string;
  @Length(1, 200) trainingRef!: string;
  @IsInt() @Min(1) @Max(100_000) minutes!: number;
}

class TrainingEvent {
  @Equals('1.0') specversion!: string;
  @Length(1, 200) id!: string;
  @Length(1, 300) source!: string;
  @Length(1, 120) type!: string;
  @IsISO8601() time!: string;
  @Length(1, 200) subject!: string;
  @Equals('application/json') datacontenttype!: string;
  @IsString() dataschema!: string;
  @ValidateNested() @Type(() => TrainingData) data!: TrainingData;
}

@Entity('typical_event')
class TypicalEvent {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') source!: string;
  @Column('text') eventId!: string;
  @Column('text') type!: string;
  @Column('timestamptz') time!: Date;
  @Column('jsonb') data!: object;
}

let source: DataSource;

@Controller()
class EventsController {
  @Post('v1/events')
  async accept(@Body() event: TrainingEvent): Promise<{ id: string }> {
    const id = randomUUID();
    await source.transaction(async (manager) => {
      const row = {
        id,
        source: event.source,
        eventId: event.id,
        type: event.type,
        time: new Date(event.time),
      };
      await manager.save(TypicalEvent, manager.create(TypicalEvent, { ...row, data: event.data }));
    });
    return { id };
  }
}

@Module({ controllers: [EventsController] })
class TypicalModule {}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What most teams would write: Nest on Express, class-validator, one TypeORM transaction a request. */
export async function startTypicalServer(databaseUrl: string): Promise<RunningServer> {
  source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [TypicalEvent],
    synchronize: true,
    poolSize: 32,
  });
  await source.initialize();
  const app = await NestFactory.create(TypicalModule, { logger: false });
  app.useGlobalPipes(
    new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
  );
  await app.listen(0, '127.0.0.1');
  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    async close() {
      await app.close();
      await source.destroy();
    },
  };
}
