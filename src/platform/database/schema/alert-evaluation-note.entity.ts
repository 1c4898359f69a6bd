import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the last evaluation of a rule had to warn of. */
@Entity('alert_evaluation_notes')
export class AlertEvaluationNoteEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_evaluation_notes_pkey' })
  configId!: string;

  @Column('text', { array: true })
  warnings!: string[];
}
