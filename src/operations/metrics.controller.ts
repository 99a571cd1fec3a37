import { Controller, Get, Header } from '@nestjs/common';
import { NeedsScope } from '../access/scope.js';
import { Operation, text, Tag } from '../openapi/operation.js';
import { Metrics } from './metrics.js';

@Tag('operations')
@Controller('metrics')
@NeedsScope('operate')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Operation('getMetrics', {
    summary: 'Numbers for Prometheus; an API key needs the scope "operate"',
    answers: { 200: text('text/plain') },
  })
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
