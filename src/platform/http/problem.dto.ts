import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ description: 'Field that is not valid, and why.' })
export class FieldErrorDto {
  @ApiProperty({ example: 'events[3].duration_ms', description: 'Where it is, in the sender’s own names.' })
  path!: string;

  @ApiProperty({ example: 'must be a number from 0 up' })
  message!: string;
}

@ApiSchema({ description: 'Every error (RFC 9457).' })
export class ProblemDto {
  @ApiProperty({ format: 'uri', example: 'urn:problem-type:invalid-input', description: 'What went wrong; stable.' })
  type!: string;

  @ApiProperty({ example: 'The request is not valid' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status!: number;

  @ApiProperty({ example: 'The request is not valid; see errors for each field.' })
  detail!: string;

  @ApiProperty({ example: '/api/v1/analytics/events' })
  instance!: string;

  @ApiProperty({ example: '4bf92f3577b34da6a3ce929d0e0e4736', description: 'Under which the log tells more.' })
  correlation_id!: string;

  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'Every field that is not valid.' })
  errors?: FieldErrorDto[];
}
