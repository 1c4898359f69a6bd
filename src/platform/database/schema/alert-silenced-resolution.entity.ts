import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The resolved notice of an alert that ended under a silence; sent when the silence ends. */
@Entity('alert_silenced_resolutions')
export class AlertSilencedResolutionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_silenced_resolutions_pkey' })
  alertId!: string;

  /** What silences match: `{ id, severity, metric, labels }` of the rule. */
  @Column('jsonb')
  rule!: unknown;

  @Column('jsonb')
  notice!: unknown;
}
