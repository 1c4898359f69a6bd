import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { isEmailAddress, isPhoneNumber } from '../../platform/config/index.js';
import { CHANNELS, type Channel } from '../domain/channel.js';
import type { Scope } from '../domain/preferences.js';
import { DAYS, isTimeZone, type Day } from '../domain/quiet-hours.js';

const MAX_NAME = 200;
const MAX_URL = 2_048;
const SCOPES = ['all', 'business'] as const satisfies readonly Scope[];
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

export class UserParamDto {
  @ApiProperty({ description: '`sub` of the person’s tokens.', example: 'maya' })
  @IsString()
  @Length(1, MAX_NAME)
  user_id!: string;
}

export class TeamParamDto {
  @ApiProperty({ description: 'As the tokens of its members list it.', example: 'platform' })
  @IsString()
  @Length(1, MAX_NAME)
  team!: string;
}

/** A list of channels, null or left out being the default of the severity. */
function ChannelList(description: string): PropertyDecorator {
  return (target, property) => {
    const rules = [
      ApiPropertyOptional({
        enum: CHANNELS,
        enumName: 'Channel',
        isArray: true,
        description,
        example: ['in_app', 'email'],
      }),
      IsOptional(),
      IsArray(),
      ArrayUnique(),
      IsIn(CHANNELS, { each: true }),
    ];
    for (const rule of rules) rule(target, property);
  };
}

@ApiSchema({ description: 'Channels to use for each severity.' })
export class ChannelsBySeverityDto {
  @ChannelList('For info; default in_app.')
  info?: Channel[] | null;

  @ChannelList('For warnings; default in_app, email, slack.')
  warning?: Channel[] | null;

  @ChannelList('For critical alerts; default in_app, email, slack, sms.')
  critical?: Channel[] | null;
}

@ApiSchema({ description: 'Hours in which notices below critical are held back.' })
export class QuietHoursDto {
  @ApiProperty({ pattern: TIME_OF_DAY.source, description: 'First quiet minute, HH:MM.', example: '22:00' })
  @Matches(TIME_OF_DAY, { message: 'must be a time of day such as 22:00' })
  start!: string;

  @ApiProperty({
    pattern: TIME_OF_DAY.source,
    description: 'First minute that is not quiet any more, HH:MM. Before start: on the next day.',
    example: '07:00',
  })
  @Matches(TIME_OF_DAY, { message: 'must be a time of day such as 07:00' })
  end!: string;

  @ApiProperty({ description: 'IANA time zone of both.', example: 'Europe/Berlin' })
  @ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: isTimeZone,
      defaultMessage: () => 'must be an IANA time zone such as Europe/Berlin',
    },
  })
  time_zone!: string;

  @ApiPropertyOptional({
    enum: DAYS,
    enumName: 'Weekday',
    isArray: true,
    description: 'Days on which quiet hours start; default every day.',
    example: ['mon', 'tue', 'wed', 'thu', 'fri'],
  })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(DAYS, { each: true })
  days?: Day[] | null;
}

/** How somebody wants to be told. What is left out or null takes its default. */
@ApiSchema({ description: 'How a person or a team is notified.' })
export class PreferencesDto {
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Where e-mail goes.', example: 'maya@example.com' })
  @IsOptional()
  @ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value) => typeof value === 'string' && isEmailAddress(value),
      defaultMessage: () => 'must be an e-mail address such as maya@example.com',
    },
  })
  email?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Where SMS go, E.164.', example: '+14155550100' })
  @IsOptional()
  @ValidateBy({
    name: 'isPhoneNumber',
    validator: {
      validate: (value) => typeof value === 'string' && isPhoneNumber(value),
      defaultMessage: () => 'must be a phone number in E.164 such as +14155550100',
    },
  })
  phone?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: MAX_URL,
    description:
      'An incoming webhook of your own: https, and not in a private network. Null: the one of the installation.',
    example: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_URL)
  slack_webhook_url?: string | null;

  @ApiPropertyOptional({
    type: ChannelsBySeverityDto,
    description: 'Replaces the defaults, severity by severity. An empty list: none.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ChannelsBySeverityDto)
  channels?: ChannelsBySeverityDto | null;

  @ApiPropertyOptional({
    type: QuietHoursDto,
    nullable: true,
    description: 'Notices of info and warning wait until they are over; critical ones do not.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuietHoursDto)
  quiet_hours?: QuietHoursDto | null;

  @ApiPropertyOptional({
    enum: SCOPES,
    enumName: 'NotificationScope',
    description:
      '`business`: only alerts on `business.*` metrics. Only an admin may set `all`; default `all` when an admin saves, ' +
      '`business` otherwise.',
    example: 'all',
  })
  @IsOptional()
  @IsIn(SCOPES)
  scope?: Scope | null;

  @ApiPropertyOptional({ type: Boolean, default: true, description: 'False: no notices at all.', example: true })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean | null;
}
