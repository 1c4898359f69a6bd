import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class TestDeliveryDto {
  @ApiProperty({ enum: ['in_app', 'email', 'slack', 'sms'], description: 'How it goes.', example: 'email' })
  channel!: string;

  @ApiProperty({ description: 'Masked address.', example: 'm***@shop.example' })
  target!: string;

  @ApiProperty({ enum: ['pending', 'skipped'], description: 'Whether it is sent.', example: 'pending' })
  status!: string;

  @ApiPropertyOptional({ description: 'Why it was skipped.', example: 'not configured' })
  reason?: string;
}

export class TestReportDto {
  @ApiProperty({ type: [TestDeliveryDto], description: 'Where the test goes.' })
  notifications!: TestDeliveryDto[];
}
