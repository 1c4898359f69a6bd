import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ description: 'Delivery of a test notification.' })
export class TestDeliveryDto {
  @ApiProperty({
    enum: ['in_app', 'email', 'slack', 'sms'],
    enumName: 'Channel',
    description: 'How it goes.',
    example: 'email',
  })
  channel!: string;

  @ApiProperty({ description: 'Masked address.', example: 'm***@shop.example' })
  target!: string;

  @ApiProperty({
    enum: ['pending', 'skipped'],
    enumName: 'TestDeliveryStatus',
    description: 'Whether it is sent.',
    example: 'pending',
  })
  status!: string;

  @ApiPropertyOptional({ description: 'Why it was skipped.', example: 'not configured' })
  reason?: string;
}

@ApiSchema({ description: 'Deliveries of a test notification.' })
export class TestReportDto {
  @ApiProperty({ type: [TestDeliveryDto], description: 'Where the test goes.' })
  notifications!: TestDeliveryDto[];
}
