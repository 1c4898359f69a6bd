import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A new object each time: TypeORM writes the column's type into it. */
const primaryKey = () => ({ primaryKeyConstraintName: 'in_app_reads_pkey' });

/** Who has read which message of the inbox: one message is read by each user for himself. */
@Entity('in_app_reads')
export class InAppReadEntity {
  @PrimaryColumn('text', primaryKey())
  userId!: string;

  @PrimaryColumn('uuid', primaryKey())
  notificationId!: string;

  @Column('timestamptz')
  readAt!: Date;
}
