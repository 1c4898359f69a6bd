import { Module } from '@nestjs/common';
import { AlertConfigRepository } from './store/alert-config.repository.js';

@Module({ providers: [AlertConfigRepository] })
export class AlertsModule {}
