import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ForeignErrors } from '../http/index.js';
import { translateDatabaseError } from './connection-failure.js';

/** Lets the edge answer 503, whichever statement of whichever feature finds the database away. */
@Injectable()
export class DatabaseErrors implements OnModuleInit {
  constructor(private readonly foreignErrors: ForeignErrors) {}

  onModuleInit(): void {
    this.foreignErrors.register(translateDatabaseError);
  }
}
