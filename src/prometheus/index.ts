export { PrometheusModule } from './prometheus.module.js';
export { LiveRequests, type LiveAnswer } from './live-requests.service.js';
export { RequestSeries } from './request-series.service.js';
export { LatencyHistogram } from './domain/latency-histogram.js';
export { availabilityOf, type RequestWindow, type WindowGroup } from './domain/request-window.js';
export { type RequestPoint, type RequestPoints } from './server/server-series.js';
