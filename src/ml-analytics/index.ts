export { MlAnalyticsModule } from './ml-analytics.module.js';
export { MlOverviewService } from './ml-overview.service.js';
export { ML_OVERVIEW_EXAMPLE } from './dto/examples.js';
export { MlOverviewDto } from './dto/ml-overview.dto.js';
export { MlQueryDto } from './dto/ml-query.dto.js';
