import { Module } from '@nestjs/common';
import { ServiceModule, queryHandler } from '@tributary/platform';
import { MeasuresOfPartner, answerMeasures } from './application/measures-of-partner';
import { rulesHandler } from './application/rules';
import { Scorecards } from './application/scorecards';
import { standingHandler } from './application/standings';
import { tierEvaluation } from './application/tier-evaluation';
import { AnnulmentsController } from './http/annulments.controller';
import { ClockController } from './http/clock.controller';
import { MeasuresController } from './http/measures.controller';
import { RulesController } from './http/rules.controller';
import { ScorecardsController } from './http/scorecards.controller';
import { StandingsController } from './http/standings.controller';
import { Evaluations } from './read-model/evaluations.queries';
import { Measures } from './read-model/measures.queries';
import { TierRulesRead } from './read-model/rules.queries';
import { Standings } from './read-model/standings.queries';

@Module({
  imports: [ServiceModule.of(tierEvaluation)],
  controllers: [
    AnnulmentsController,
    ClockController,
    MeasuresController,
    RulesController,
    ScorecardsController,
    StandingsController,
  ],
  providers: [
    Evaluations,
    Measures,
    queryHandler(MeasuresOfPartner, Measures, answerMeasures),
    rulesHandler,
    Scorecards,
    standingHandler,
    Standings,
    TierRulesRead,
  ],
})
export class TierEvaluationModule {}

/** For the auditor's program, which fills its tables from a log alone. */
export { tierEvaluation } from './application/tier-evaluation';
