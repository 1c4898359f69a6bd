import { Module } from '@nestjs/common';
import { AlertConfigRepository } from './store/alert-config.repository.js';
import { ConfigAuditRepository } from './store/config-audit.repository.js';
import { SilenceRepository } from './store/silence.repository.js';

@Module({ providers: [AlertConfigRepository, ConfigAuditRepository, SilenceRepository] })
export class AlertsModule {}
