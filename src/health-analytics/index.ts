export { HealthAnalyticsModule } from './health-analytics.module.js';
export { HealthOverviewService } from './health-overview.service.js';
export { HealthOverviewQueryDto } from './dto/health-query.dto.js';
export { HealthOverviewDto } from './dto/overview.dto.js';
export { HEALTH_OVERVIEW_EXAMPLE } from './dto/examples.js';
