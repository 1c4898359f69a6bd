import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The latest that any event told of a product; kept when the events themselves are gone. */
@Entity('product_labels')
export class ProductLabelEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'product_labels_pkey' })
  productId!: string;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('timestamptz', { nullable: true })
  nameAt!: Date | null;

  @Column('text', { nullable: true })
  collection!: string | null;

  @Column('timestamptz', { nullable: true })
  collectionAt!: Date | null;
}
