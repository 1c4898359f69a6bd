export { BusinessModule } from './business.module.js';
export { SalesOverviewService } from './sales-overview.service.js';
export { OVERVIEW_EXAMPLE } from './dto/examples.js';
export { OverviewDto } from './dto/overview.dto.js';
export { OverviewQueryDto } from './dto/business-query.dto.js';
