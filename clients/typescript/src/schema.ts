// Written by `npm run openapi` from docs/openapi.json. Do not edit.
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive
         * @description Always 200 while it can answer at all; says nothing of what it depends on.
         *
         *     Public.
         */
        get: operations["Probes_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Should requests be sent here
         * @description 503 with the same body while a component is down, or the process is shutting down.
         *
         *     Public.
         */
        get: operations["Probes_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browse raw events
         * @description Newest first. An event comes back as it was sent, completed with what the service filled in.
         *
         *     Roles: admin.
         */
        get: operations["Events_browse"];
        put?: never;
        /**
         * Send events
         * @description Answers when the accepted events are durable. Good events of a batch with bad ones are stored; when none is, the answer is 422 with the same body. Repeating a batch is safe: what is known already is counted in `duplicates`.
         *
         *     Roles: admin, service.
         */
        post: operations["Events_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/events/rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List dead letters
         * @description Events that were refused, newest first; kept for 30 days, at most 100,000 of them.
         *
         *     Roles: admin.
         */
        get: operations["Events_listRejected"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/events/rejected/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send dead letters again
         * @description Answers as `POST /events`, `index` and paths being those of `ids`. What is taken, or was stored already, leaves the dead letters.
         *
         *     Roles: admin.
         */
        post: operations["Events_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/business/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sales, orders, sessions and conversion of a range
         * @description The sales are a ledger: an order counts at `placed`, on the day it was placed; a refund or a cancellation on its own day. Money is summed exactly and rounded to the minor unit of the currency. Test orders never count.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Business_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/business/sales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sales over time, whole and by collection, product or status
         * @description A point for every step, gaps filled. Days and weeks (from Sunday) are cut in `time_zone`.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Business_sales"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/business/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products: views, orders, sales, conversion, stock
         * @description Sorted by any figure, largest first. Sums are those of the product’s lines in `currency`; with `collection` of its lines and events in that collection, while the stock of a product is one. A cursor belongs to its sort and filters.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Business_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/business/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Collections: sales, their share of all, conversion, top products
         * @description Sums are those of order lines; lines without a collection make the row `null`. The collections of HOUSE_COLLECTIONS are always listed. With `collection` that one alone, its share still being that of the whole shop.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Business_collections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/business/funnel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far sessions come on their way to an order
         * @description A session reached a step if it has its event or a later step’s, in any order. Sessions do not depend on `currency`; with `collection` only events of that collection and orders with a line of it count.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Business_funnel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Success, latency and cost of the AI pipelines
         * @description Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from `/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded.
         *
         *     Roles: admin.
         */
        get: operations["MlAnalytics_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/3d": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The 3D pipeline by provider and model
         * @description Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from `/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded.
         *
         *     Roles: admin.
         */
        get: operations["MlAnalytics_threeD"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/descriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The product description pipeline by provider and model
         * @description Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from `/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded.
         *
         *     Roles: admin.
         */
        get: operations["MlAnalytics_descriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The assets pipeline by stage, with its funnel
         * @description Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from `/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded. Funnel: rate_from_previous = succeeded / succeeded of the stage before.
         *
         *     Roles: admin.
         */
        get: operations["MlAnalytics_assets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each provider delivers and costs, with its models
         * @description Every finished job costs, failed ones too. success_rate = succeeded / (succeeded + failed). Percentiles are nearest-rank over jobs of whatever status, within 1 %. cost_usd: a cost that a job reported always wins; other jobs are estimated from `/ml/pricing` as jobs × usd_per_job + seconds × usd_per_second + units × usd_per_unit; a job with neither is in jobs_without_cost. total = reported + estimated. cost_per_successful_job_usd = total / succeeded.
         *
         *     Roles: admin.
         */
        get: operations["MlAnalytics_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/pricing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prices that estimate the cost of jobs which did not report it
         * @description An exact model beats `*`, then the latest valid_from not after the job. Estimates are made when figures are read, so a corrected price corrects the past it is valid for. Seeded with public list prices.
         *
         *     Roles: admin.
         */
        get: operations["Pricing_list"];
        /**
         * Replace the price table
         * @description Takes the whole table; what is not in it is gone. Who replaced what is recorded. An exact model beats `*`, then the latest valid_from not after the job. Estimates are made when figures are read, so a corrected price corrects the past it is valid for.
         *
         *     Roles: admin.
         */
        put: operations["Pricing_replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/ml/pricing/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who replaced the price table when, and what changed by it
         * @description Roles: admin.
         */
        get: operations["Pricing_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/health/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the system well: its components, availability, traffic, errors and latency
         * @description Without `range` and `from`: the live window, the last 5 minutes or as much of them as was observed (`meta.from`), from PROMETHEUS_URL or METRICS_TARGETS (the first that answers; sources are never added together), else from stored `api_request` events. With a range: from stored events. Error = 5xx; 4xx are apart. Rates divide by the observed seconds. Percentiles are nearest-rank over requests of whatever status, within 1 %; from Prometheus interpolated in the bucket (`meta.percentile_error` is null). Components are always those of this moment; their limits are the HEALTH_* settings: api is degraded from HEALTH_DEGRADED_ERROR_RATE or above HEALTH_DEGRADED_LATENCY_MS, down from HEALTH_DOWN_ERROR_RATE; database, queue and cache are degraded above HEALTH_DEGRADED_RESPONSE_MS, down when they fail, refuse writes (full disk, memory used up, read-only) or do not answer for 2 s; api also while lines of the log are lost; the database also from HEALTH_DEGRADED_POOL_UTILIZATION, the queue from HEALTH_DEGRADED_QUEUE_WAITING; prometheus is degraded while some, down while none of the targets answers. The whole is down when api or database are, degraded when any component is degraded or down.
         *
         *     Roles: admin.
         */
        get: operations["Health_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/health/api": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Traffic, errors and latency of each endpoint
         * @description Without `range` and `from`: the live window, the last 5 minutes or as much of them as was observed (`meta.from`), from PROMETHEUS_URL or METRICS_TARGETS (the first that answers; sources are never added together), else from stored `api_request` events. With a range: from stored events. Error = 5xx; 4xx are apart. Rates divide by the observed seconds. Percentiles are nearest-rank over requests of whatever status, within 1 %; from Prometheus interpolated in the bucket (`meta.percentile_error` is null). avg = Σ duration / count. Equal routes of two services are two endpoints. 429 is throttled_rate, every other 4xx client_error_rate; figures of before the two were told apart count 429 among the latter.
         *
         *     Roles: admin.
         */
        get: operations["Health_endpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/health/database": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Connections, query latency, cache, transactions and sizes of the database
         * @description Answers while the database is down as well, with what was known last (`meta.stale`) and `null`.
         *
         *     Roles: admin.
         */
        get: operations["Health_database"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/health/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests, errors and latency over time
         * @description From stored events; with PROMETHEUS_URL set and no `api_request` events stored at all, from there. Percentiles are nearest-rank over requests of whatever status, within 1 %; from Prometheus interpolated in the bucket (`meta.percentile_error` is null). A point for every step, gaps filled.
         *
         *     Roles: admin.
         */
        get: operations["Health_timeseries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your inbox
         * @description Newest first. Yours, those of your teams, and for admins those to all admins. Each reader has a read state of their own.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Inbox_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/unread-count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many messages you have not read
         * @description Roles: admin, business_viewer.
         */
        get: operations["Inbox_countUnread"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/read-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark your whole inbox as read
         * @description Roles: admin, business_viewer.
         */
        post: operations["Inbox_markAllRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark a message as read
         * @description Repeating it is harmless: the first time counts.
         *
         *     Roles: admin, business_viewer.
         */
        post: operations["Inbox_markRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/preferences/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How somebody wants to be told
         * @description Your own, or as an admin anybody’s. Where none were saved, the defaults.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Preferences_ofUser"];
        /**
         * Say how somebody wants to be told
         * @description Your own, or as an admin anybody’s. Replaces all of them: what is left out takes its default. From then on notices come.
         *
         *     Roles: admin, business_viewer.
         */
        put: operations["Preferences_saveUser"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/preferences/teams/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a team wants to be told
         * @description Where none were saved, the defaults.
         *
         *     Roles: admin.
         */
        get: operations["Preferences_ofTeam"];
        /**
         * Say how a team wants to be told
         * @description A team has addresses of its own; its inbox shows to everybody whose token lists it. Replaces all of them: what is left out takes its default. From then on notices come.
         *
         *     Roles: admin.
         */
        put: operations["Preferences_saveTeam"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to whom
         * @description Newest first. A notice that was folded into a digest has the fate of the digest.
         *
         *     Roles: admin.
         */
        get: operations["Deliveries_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/notifications/slo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether notices leave as fast as was promised
         * @description Critical within 30 s, warning within 5 min: from detection, or the end of quiet hours, until the provider accepted. share_within = within / deliveries; deliveries = within + late + failed. Skipped ones do not count, and those that still have time are `pending`.
         *
         *     Roles: admin.
         */
        get: operations["Deliveries_slo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/active": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alerts that fire and that nobody acknowledged
         * @description Newest first. With state=acknowledged: those that somebody did, and that still fire. An alert is one episode of a rule (of one group, with group_by): a new value updates it. A business_viewer sees alerts on `business.*` metrics only.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Alerts_active"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alerts, open and past
         * @description Newest first, by triggered_at. An alert is one episode of a rule (of one group, with group_by): a new value updates it. A business_viewer sees alerts on `business.*` metrics only.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Alerts_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One alert with its timeline
         * @description An alert is one episode of a rule (of one group, with group_by): a new value updates it. A business_viewer sees alerts on `business.*` metrics only. Any other alert is a 404 to them.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Alerts_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How alerts are answered, and which configs cry wolf
         * @description Of alerts triggered in the range. time_to_acknowledge = acknowledged_at − triggered_at of those acknowledged; time_to_resolve = resolved_at − triggered_at of those resolved; mean, and p95 by nearest rank. flapping = alerts that began within an hour of the end of the one before of the same config and group / alerts. noise = resolved alerts that ended by themselves (`auto`, `gone`) without having been acknowledged / resolved alerts.
         *
         *     Roles: admin.
         */
        get: operations["Alerts_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The metrics that a config may name
         * @description Roles: admin.
         */
        get: operations["Alerts_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledge alerts
         * @description A verdict for each id. An acknowledged alert is not repeated, still resolves by itself, and its acknowledgement ends with it.
         *
         *     Roles: admin.
         */
        post: operations["AlertResponse_acknowledgeAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve alerts by hand
         * @description A verdict for each id. A new alert opens only once the condition has been false, or when the cooldown is over.
         *
         *     Roles: admin.
         */
        post: operations["AlertResponse_resolveAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledge an alert
         * @description Repeating it is harmless; 409 where it is resolved already. An acknowledged alert is not repeated, still resolves by itself, and its acknowledgement ends with it.
         *
         *     Roles: admin.
         */
        post: operations["AlertResponse_acknowledge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve an alert by hand
         * @description Repeating it is harmless. A new alert opens only once the condition has been false, or when the cooldown is over.
         *
         *     Roles: admin.
         */
        post: operations["AlertResponse_resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List alert configs
         * @description Newest first.
         *
         *     Roles: admin.
         */
        get: operations["AlertConfigs_list"];
        put?: never;
        /**
         * Make an alert config
         * @description The window slides: the value is that of the window_seconds before a tick. It fires when the condition held for for_seconds, and recovers at or beyond recovery_threshold. `warnings` say what is allowed and unlikely to be meant.
         *
         *     Roles: admin.
         */
        post: operations["AlertConfigs_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One alert config
         * @description Its version is the `ETag`.
         *
         *     Roles: admin.
         */
        get: operations["AlertConfigs_get"];
        /**
         * Replace an alert config
         * @description Fields that are left out take their defaults. Changing metric, filters, condition, window_seconds or group_by, and disabling, resolve open alerts (`config_changed`); every other edit keeps state. An edit that changes nothing keeps the version.
         *
         *     Roles: admin.
         */
        put: operations["AlertConfigs_replace"];
        post?: never;
        /**
         * Delete an alert config
         * @description Its open alerts are resolved (`config_deleted`). History and audit stay.
         *
         *     Roles: admin.
         */
        delete: operations["AlertConfigs_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/{id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed a config, from what to what
         * @description Newest first; also of a config that is deleted by now.
         *
         *     Roles: admin.
         */
        get: operations["AlertConfigs_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a rule on the past
         * @description What the rule would have done: stored history goes through the state machine that evaluates rules live, and nothing is stored or sent. Without `from` and `to` the last 24 hours are tried. Windows under an hour reach back to RAW_RETENTION_DAYS, longer ones 90 days, beyond raw events at full hours. It begins with a rule that is normal at `from`.
         *
         *     Roles: admin.
         */
        post: operations["Preview_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All alert configs as one file
         * @description By name, without id, version and dates; what `/alerts/configs/import` takes.
         *
         *     Roles: admin.
         */
        get: operations["ConfigTransfer_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take in alert configs from a file
         * @description All or nothing, matched by name: a config of that name keeps its id, its history and, where the edit allows it, its state; its version too where nothing in it changed. A refusal names the field, e.g. `configs[3].threshold`.
         *
         *     Roles: admin.
         */
        post: operations["ConfigTransfer_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/configs/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test notification
         * @description What the config would send if it fired now, marked as a test; no alert comes of it.
         *
         *     Roles: admin.
         */
        post: operations["ConfigTransfer_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List silences
         * @description Newest first. A silence that expired or was ended stays in the list.
         *
         *     Roles: admin.
         */
        get: operations["Silences_list"];
        put?: never;
        /**
         * Silence alerts for a time
         * @description From starts_at to before ends_at, alerts that match are evaluated and recorded, and their notices are `skipped: silenced`. When it ends, notices of alerts that still fire are sent, and once the resolved notice of an alert that ended meanwhile and whose firing notice had been sent.
         *
         *     Roles: admin.
         */
        post: operations["Silences_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts/silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a silence now
         * @description It stays in the list with ended_at and ended_by. One that is over already stays as it is.
         *
         *     Roles: admin.
         */
        delete: operations["Silences_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/dashboard/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health, pipelines, sales and active alerts in one answer
         * @description The bodies of the three overviews, and what fires. A `business_viewer` sees `business` alone; asking for another section by name is a 403. A section that fails, or takes longer than 4 s, is missing, and `meta` says why; the others are not touched. Figures are at most 60 s old; a change of an alert drops `active_alerts` at once. The `ETag` covers the figures, not `meta`.
         *
         *     Roles: admin, business_viewer.
         */
        get: operations["Dashboard_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Alerts that fire: counts and the newest ten. */
        ActiveAlerts: {
            /**
             * @description Alerts that fire and that nobody acknowledged.
             * @example 3
             */
            total: number;
            /** @description The same by severity. */
            by_severity: components["schemas"]["AlertCounts"];
            /** @description The 10 newest of them. */
            items: components["schemas"]["Alert"][];
        };
        /**
         * @description Which of the alerts that fire: unacknowledged or acknowledged.
         * @enum {string}
         */
        ActiveState: "firing" | "acknowledged";
        /** @description Episode of an alert rule, from firing to resolution. */
        Alert: {
            /**
             * Format: uuid
             * @description Of this episode.
             * @example 0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21
             */
            id: string;
            /**
             * Format: uuid
             * @description It may be deleted by now.
             * @example 7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44
             */
            config_id: string;
            /**
             * @description As it was when the alert began.
             * @example API answers with errors
             */
            config_name: string;
            /**
             * @description What the rule watches.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description What it was narrowed to.
             * @example {}
             */
            filters: {
                [key: string]: string;
            };
            /**
             * @description Value of the config’s group_by; `(none)`: of events without one. Null: the rule as a whole.
             * @example /checkout
             */
            group: string | null;
            /**
             * @description That was met.
             * @example threshold_above
             */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description As it was when the alert began.
             * @example critical
             */
            severity: components["schemas"]["Severity"];
            /**
             * @description `acknowledged`: it fires, and somebody knows.
             * @example acknowledged
             */
            status: components["schemas"]["AlertStatus"];
            /**
             * @description The latest; null without data.
             * @example 0.08
             */
            value: number | null;
            /**
             * @description The worst one.
             * @example 0.21
             */
            peak_value: number | null;
            /**
             * @description The one it was resolved at.
             * @example null
             */
            resolved_value: number | null;
            /**
             * @description As it was when the alert began.
             * @example 0.05
             */
            threshold: number;
            /**
             * Format: date-time
             * @description The tick that fired it.
             * @example 2026-11-22T10:02:00.000Z
             */
            triggered_at: string;
            /**
             * Format: date-time
             * @description Null: not yet, or never.
             * @example 2026-11-22T10:03:10.000Z
             */
            acknowledged_at: string | null;
            /**
             * @description `sub` of their token.
             * @example maya
             */
            acknowledged_by: string | null;
            /**
             * Format: date-time
             * @description Null: not yet.
             * @example null
             */
            resolved_at: string | null;
            /**
             * @description `auto`, `config_changed`, `config_deleted`, `gone` (the group has no value any more), or a user.
             * @example null
             */
            resolved_by: string | null;
            /**
             * @description The latest.
             * @example Rolling back the release.
             */
            note: string | null;
            /**
             * @description True while `value` lacks events that are still being rolled up. Absent otherwise.
             * @example true
             */
            partial?: boolean;
            /** @description Whom it was told to, oldest first. */
            notifications: components["schemas"]["AlertNotification"][];
        };
        /**
         * @description How a value is compared: above or below a threshold, with the window before, or with its own past.
         * @enum {string}
         */
        AlertCondition: "threshold_above" | "threshold_below" | "rate_of_change" | "anomaly";
        /** @description Stored alert rule. */
        AlertConfig: {
            /**
             * @description Unique.
             * @example API answers with errors
             */
            name: string;
            /** @example 5xx above 5 %. */
            description?: string | null;
            /**
             * @description A name of `/alerts/metrics`.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description Dimension of the metric → the value to look at, folded as in events (`post` is POST, `Black Rose` black-rose). Money metrics: `currency`, default BASE_CURRENCY.
             * @example {
             *       "method": "POST"
             *     }
             */
            filters?: {
                [key: string]: string;
            };
            /**
             * @description Dimension of the metric: one alert instance for each of its values, at most 1,000; events without one are `(none)`. A value seen in the last 24 hours is evaluated although it sends nothing: counts and sums are 0 then.
             * @example route
             */
            group_by?: string | null;
            /** @description `threshold_above` is >, `threshold_below` is <. */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description In the metric’s unit (a ratio is a fraction from 0 to 1). For `rate_of_change` the fraction by which the window differs from the one before, its sign being the direction (there is none from 0); for `anomaly` a robust z-score above 0, against the same local hour (STORE_TIME_ZONE) of the week in the last 8 weeks.
             * @example 0.05
             */
            threshold: number;
            /** @example critical */
            severity: components["schemas"]["Severity"];
            /**
             * @description Recovered at or beyond it; default the threshold. Never on the firing side of the threshold.
             * @example 0.03
             */
            recovery_threshold?: number | null;
            /**
             * @description The value is that of this long before the tick. `anomaly`: a multiple of 3600.
             * @default 300
             * @example 300
             */
            window_seconds: number;
            /**
             * @description How long the condition must hold to fire.
             * @default 0
             * @example 0
             */
            for_seconds: number;
            /**
             * @description After a firing notice, further ones of the same instance are muted for this long.
             * @default 300
             * @example 300
             */
            cooldown_seconds: number;
            /**
             * @description Repeats the notice while it fires unacknowledged; default never.
             * @example 3600
             */
            renotify_seconds?: number | null;
            /**
             * @description The window ends this long before the tick, for data that comes late.
             * @default 0
             * @example 0
             */
            evaluation_delay_seconds: number;
            /**
             * @description Fewer events than this behind the value are no data. Default 1; 0 for counts and sums. `rate_of_change`: of the window before.
             * @example 20
             */
            min_samples?: number;
            /**
             * @description Without data: normal, unchanged, or fire. Of a value of `group_by` that sends nothing any more it decides for 24 hours; then, and with `ok` at once, its alert resolves as `gone`.
             * @default ok
             */
            no_data: components["schemas"]["NoDataPolicy"];
            /**
             * @description While the metric cannot be read.
             * @default keep
             */
            on_error: components["schemas"]["ErrorPolicy"];
            /**
             * @description Only these channels; default those of the severity.
             * @example [
             *       "in_app",
             *       "slack"
             *     ]
             */
            channels?: components["schemas"]["Channel"][] | null;
            /** @description Only these; default everybody. */
            recipients?: components["schemas"]["Recipients"] | null;
            /**
             * @description An https address.
             * @example https://runbooks.example/api-errors
             */
            runbook_url?: string | null;
            /**
             * @description Free names and values; silences match them.
             * @example {
             *       "team": "platform"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * @description False: not evaluated.
             * @default true
             */
            enabled: boolean;
            /**
             * Format: uuid
             * @description Stays with every edit.
             * @example 7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44
             */
            readonly id: string;
            /**
             * @description Starts at 1; one more with every change.
             * @example 1
             */
            readonly version: number;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-22T10:00:00.000Z
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2026-11-22T10:00:00.000Z
             */
            readonly updated_at: string;
            /**
             * @description `sub` of the token that made it.
             * @example maya
             */
            readonly created_by: string;
            /**
             * @description What is allowed and yet unlikely to be meant; computed whenever it is read.
             * @example []
             */
            readonly warnings: string[];
        };
        /** @description Page of alert rules, newest first. */
        AlertConfigPage: {
            /** @description Newest first. */
            items: components["schemas"]["AlertConfig"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description Number of firing alerts by severity. */
        AlertCounts: {
            /**
             * @description Unacknowledged alerts of this severity.
             * @example 0
             */
            info: number;
            /**
             * @description Unacknowledged alerts of this severity.
             * @example 1
             */
            warning: number;
            /**
             * @description Unacknowledged alerts of this severity.
             * @example 2
             */
            critical: number;
        };
        /** @description Alert with its timeline. */
        AlertDetail: {
            /**
             * Format: uuid
             * @description Of this episode.
             * @example 0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21
             */
            id: string;
            /**
             * Format: uuid
             * @description It may be deleted by now.
             * @example 7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44
             */
            config_id: string;
            /**
             * @description As it was when the alert began.
             * @example API answers with errors
             */
            config_name: string;
            /**
             * @description What the rule watches.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description What it was narrowed to.
             * @example {}
             */
            filters: {
                [key: string]: string;
            };
            /**
             * @description Value of the config’s group_by; `(none)`: of events without one. Null: the rule as a whole.
             * @example /checkout
             */
            group: string | null;
            /**
             * @description That was met.
             * @example threshold_above
             */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description As it was when the alert began.
             * @example critical
             */
            severity: components["schemas"]["Severity"];
            /**
             * @description `acknowledged`: it fires, and somebody knows.
             * @example acknowledged
             */
            status: components["schemas"]["AlertStatus"];
            /**
             * @description The latest; null without data.
             * @example 0.08
             */
            value: number | null;
            /**
             * @description The worst one.
             * @example 0.21
             */
            peak_value: number | null;
            /**
             * @description The one it was resolved at.
             * @example null
             */
            resolved_value: number | null;
            /**
             * @description As it was when the alert began.
             * @example 0.05
             */
            threshold: number;
            /**
             * Format: date-time
             * @description The tick that fired it.
             * @example 2026-11-22T10:02:00.000Z
             */
            triggered_at: string;
            /**
             * Format: date-time
             * @description Null: not yet, or never.
             * @example 2026-11-22T10:03:10.000Z
             */
            acknowledged_at: string | null;
            /**
             * @description `sub` of their token.
             * @example maya
             */
            acknowledged_by: string | null;
            /**
             * Format: date-time
             * @description Null: not yet.
             * @example null
             */
            resolved_at: string | null;
            /**
             * @description `auto`, `config_changed`, `config_deleted`, `gone` (the group has no value any more), or a user.
             * @example null
             */
            resolved_by: string | null;
            /**
             * @description The latest.
             * @example Rolling back the release.
             */
            note: string | null;
            /**
             * @description True while `value` lacks events that are still being rolled up. Absent otherwise.
             * @example true
             */
            partial?: boolean;
            /** @description Whom it was told to, oldest first. */
            notifications: components["schemas"]["AlertNotification"][];
            /** @description Oldest first. */
            timeline: components["schemas"]["TimelineEntry"][];
        };
        /** @description Metric that alert rules can watch. */
        AlertMetric: {
            /**
             * @description What a config names as its `metric`.
             * @example api.error_rate
             */
            name: string;
            /**
             * @description Unit of its values, and of thresholds. A ratio is a fraction from 0 to 1.
             * @example ratio
             */
            unit: string;
            /** @example Requests answered 5xx / requests. 4xx are apart. */
            description: string;
            /**
             * @description What it can be filtered by, and with few exceptions grouped.
             * @example [
             *       "method",
             *       "route",
             *       "status_class",
             *       "service"
             *     ]
             */
            dimensions: string[];
            /**
             * @description `samples`: measured at every tick, with no events behind it.
             * @example events
             */
            source: components["schemas"]["MetricSource"];
        };
        /** @description Delivery of a notice about an alert. */
        AlertNotification: {
            /**
             * @description How it was told.
             * @example email
             */
            channel: components["schemas"]["Channel"];
            /**
             * @description Masked address.
             * @example m***@shop.example
             */
            target: string;
            /**
             * @description What was told.
             * @example firing
             */
            kind: components["schemas"]["NoticeKind"];
            /**
             * @description What became of it.
             * @example sent
             */
            status: components["schemas"]["DeliveryStatus"];
            /**
             * @description Made so far.
             * @example 1
             */
            attempts: number;
            /**
             * Format: date-time
             * @description The tick that saw it.
             * @example 2026-11-22T10:02:00.000Z
             */
            detected_at: string;
            /**
             * Format: date-time
             * @description When the provider took it.
             * @example 2026-11-22T10:02:01.200Z
             */
            sent_at: string | null;
            /**
             * @description What the last attempt ended with.
             * @example connection refused
             */
            error?: string;
            /**
             * @description Why it was skipped.
             * @example silenced
             */
            reason?: string;
            /**
             * @description Channel that failed or is late; this delivery goes out beside it.
             * @example sms
             */
            fallback_for?: string;
            /**
             * @description True: an earlier attempt may have arrived as well.
             * @example true
             */
            possible_duplicate?: boolean;
        };
        /** @description Page of alerts, newest first. */
        AlertPage: {
            /** @description Newest first. */
            items: components["schemas"]["Alert"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description Alert rule without what the service adds to it. */
        AlertRule: {
            /**
             * @description Unique.
             * @example API answers with errors
             */
            name: string;
            /** @example 5xx above 5 %. */
            description?: string | null;
            /**
             * @description A name of `/alerts/metrics`.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description Dimension of the metric → the value to look at, folded as in events (`post` is POST, `Black Rose` black-rose). Money metrics: `currency`, default BASE_CURRENCY.
             * @example {
             *       "method": "POST"
             *     }
             */
            filters?: {
                [key: string]: string;
            };
            /**
             * @description Dimension of the metric: one alert instance for each of its values, at most 1,000; events without one are `(none)`. A value seen in the last 24 hours is evaluated although it sends nothing: counts and sums are 0 then.
             * @example route
             */
            group_by?: string | null;
            /** @description `threshold_above` is >, `threshold_below` is <. */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description In the metric’s unit (a ratio is a fraction from 0 to 1). For `rate_of_change` the fraction by which the window differs from the one before, its sign being the direction (there is none from 0); for `anomaly` a robust z-score above 0, against the same local hour (STORE_TIME_ZONE) of the week in the last 8 weeks.
             * @example 0.05
             */
            threshold: number;
            /** @example critical */
            severity: components["schemas"]["Severity"];
            /**
             * @description Recovered at or beyond it; default the threshold. Never on the firing side of the threshold.
             * @example 0.03
             */
            recovery_threshold?: number | null;
            /**
             * @description The value is that of this long before the tick. `anomaly`: a multiple of 3600.
             * @default 300
             * @example 300
             */
            window_seconds: number;
            /**
             * @description How long the condition must hold to fire.
             * @default 0
             * @example 0
             */
            for_seconds: number;
            /**
             * @description After a firing notice, further ones of the same instance are muted for this long.
             * @default 300
             * @example 300
             */
            cooldown_seconds: number;
            /**
             * @description Repeats the notice while it fires unacknowledged; default never.
             * @example 3600
             */
            renotify_seconds?: number | null;
            /**
             * @description The window ends this long before the tick, for data that comes late.
             * @default 0
             * @example 0
             */
            evaluation_delay_seconds: number;
            /**
             * @description Fewer events than this behind the value are no data. Default 1; 0 for counts and sums. `rate_of_change`: of the window before.
             * @example 20
             */
            min_samples?: number;
            /**
             * @description Without data: normal, unchanged, or fire. Of a value of `group_by` that sends nothing any more it decides for 24 hours; then, and with `ok` at once, its alert resolves as `gone`.
             * @default ok
             */
            no_data: components["schemas"]["NoDataPolicy"];
            /**
             * @description While the metric cannot be read.
             * @default keep
             */
            on_error: components["schemas"]["ErrorPolicy"];
            /**
             * @description Only these channels; default those of the severity.
             * @example [
             *       "in_app",
             *       "slack"
             *     ]
             */
            channels?: components["schemas"]["Channel"][] | null;
            /** @description Only these; default everybody. */
            recipients?: components["schemas"]["Recipients"] | null;
            /**
             * @description An https address.
             * @example https://runbooks.example/api-errors
             */
            runbook_url?: string | null;
            /**
             * @description Free names and values; silences match them.
             * @example {
             *       "team": "platform"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * @description False: not evaluated.
             * @default true
             */
            enabled: boolean;
        };
        /** @description Statistics of alerts and of the rules behind them. */
        AlertStats: {
            /**
             * @description Alerts triggered in the range.
             * @example 12
             */
            alerts: number;
            /**
             * @description Of these, acknowledged at some time.
             * @example 7
             */
            acknowledged: number;
            /**
             * @description Of these, resolved by now.
             * @example 11
             */
            resolved: number;
            /** @description acknowledged_at − triggered_at. */
            time_to_acknowledge_seconds: components["schemas"]["DurationFigures"];
            /** @description resolved_at − triggered_at. */
            time_to_resolve_seconds: components["schemas"]["DurationFigures"];
            /**
             * @description Alerts within an hour of the end of the one before of the same config and group / alerts.
             * @example 0.25
             */
            flapping: number | null;
            /**
             * @description Resolved alerts that went by themselves without anybody having acknowledged them / resolved alerts.
             * @example 0.36
             */
            noise: number | null;
            /** @description Most alerts first. */
            per_config: components["schemas"]["ConfigFigures"][];
            /** @description The range, and when it was read. */
            meta: components["schemas"]["Meta"];
        };
        /**
         * @description State of an alert.
         * @enum {string}
         */
        AlertStatus: "firing" | "acknowledged" | "resolved";
        /** @description A request that a service answered. */
        ApiRequestEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "api_request";
            /** @description HTTP method; kept in capitals. */
            method: string;
            /** @description Route template, e.g. `/products/:id`; never the path itself, which has no bounded number of values. */
            route: string;
            /** @description HTTP status. */
            status_code: number;
            /** @description Time to answer, in milliseconds. */
            duration_ms: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Service that answered. */
            service?: string;
        };
        /**
         * @description Stage of the assets pipeline.
         * @enum {string}
         */
        AssetStage: "ingestion" | "versioning" | "approval";
        /** @description Figures of the assets pipeline, with its stages. */
        Assets: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @description Most jobs first; HOUSE_PROVIDERS always, without jobs last. */
            by_provider: components["schemas"]["ProviderFigures"][];
            /** @description Most jobs first. */
            by_model: components["schemas"]["ModelFigures"][];
            /** @description Failed jobs by their error code, most frequent first. */
            errors: components["schemas"]["ErrorCount"][];
            /** @description One for every step, oldest first; gaps are filled. */
            series: components["schemas"]["MlPoint"][];
            meta: components["schemas"]["Meta"];
            /** @description In the order of the pipeline; jobs without a stage last. */
            by_stage: components["schemas"]["StageFigures"][];
            /** @description Ingestion → versioning → approval. */
            funnel: components["schemas"]["FunnelStage"][];
        };
        /** @description Part of a point, by the dimension of the breakdown. */
        Breakdown: {
            /** @description Collection, product or status; null for lines without one. */
            key: string | null;
            /**
             * @description Gross sales of this part.
             * @example 420
             */
            gross_sales: number | null;
            /**
             * @description Net sales of this part.
             * @example 400
             */
            net_sales: number | null;
            /**
             * @description Orders with such a line; by status the number of order events.
             * @example 4
             */
            orders: number | null;
            /**
             * @description Units of this part.
             * @example 9
             */
            units: number | null;
        };
        /** @description Alerts to change together. */
        Bulk: {
            /**
             * @description What others should know.
             * @example Rolling back the release.
             */
            note?: string | null;
            /**
             * @description Of alerts.
             * @example [
             *       "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21"
             *     ]
             */
            ids: string[];
        };
        /** @description Result of a change of several alerts. */
        BulkVerdict: {
            /**
             * @description Ids of what was changed.
             * @example [
             *       "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44"
             *     ]
             */
            updated: string[];
            /** @description What there was nothing to do for. */
            skipped: components["schemas"]["SkippedAlert"][];
        };
        /**
         * @description Channel of notices.
         * @enum {string}
         */
        Channel: "in_app" | "email" | "slack" | "sms";
        /** @description Delivery times of one channel and severity. */
        ChannelTimes: {
            /**
             * @description Deliveries whose time is over: sent, failed, or late.
             * @example 120
             */
            deliveries: number;
            /**
             * @description Accepted by the provider within the target.
             * @example 119
             */
            within: number;
            /**
             * @description Accepted, or still waiting, after the target.
             * @example 1
             */
            late: number;
            /**
             * @description Of `late`: not accepted yet, still being tried.
             * @example 0
             */
            late_pending: number;
            /**
             * @description Given up: refused for good, or after 4 hours of attempts.
             * @example 0
             */
            failed: number;
            /**
             * @description Still waiting, within the target.
             * @example 0
             */
            pending: number;
            /**
             * @description within / deliveries; null without any.
             * @example 0.9917
             */
            share_within: number | null;
            /**
             * @description Nearest rank, of what was accepted.
             * @example 0.41
             */
            p50_seconds: number | null;
            /**
             * @description Nearest rank, of what was accepted.
             * @example 1.2
             */
            p95_seconds: number | null;
            /**
             * @description Of what was accepted.
             * @example 31.5
             */
            max_seconds: number | null;
            /**
             * @description Over which they went.
             * @example sms
             */
            channel: components["schemas"]["Channel"];
        };
        /** @description Channels to use for each severity. */
        ChannelsBySeverity: {
            /**
             * @description For info; default in_app.
             * @example [
             *       "in_app",
             *       "email"
             *     ]
             */
            info?: components["schemas"]["Channel"][];
            /**
             * @description For warnings; default in_app, email, slack.
             * @example [
             *       "in_app",
             *       "email"
             *     ]
             */
            warning?: components["schemas"]["Channel"][];
            /**
             * @description For critical alerts; default in_app, email, slack, sms.
             * @example [
             *       "in_app",
             *       "email"
             *     ]
             */
            critical?: components["schemas"]["Channel"][];
        };
        /** @description Figures of a collection. */
        Collection: {
            /**
             * @description Σ quantity × unit_price of its lines in placed orders.
             * @example 510
             */
            gross_sales: number | null;
            /**
             * @description Its lines’ share of the orders’ discounts, split by gross sales.
             * @example 18
             */
            discounts: number | null;
            /**
             * @description gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations.
             * @example 492
             */
            net_sales: number | null;
            /**
             * @description Placed orders with a line of it, each once.
             * @example 5
             */
            orders: number | null;
            /**
             * @description Σ quantity of its lines in placed orders.
             * @example 9
             */
            units: number | null;
            /**
             * @description product_view events with this collection.
             * @example 310
             */
            views: number | null;
            /**
             * @description add_to_cart events with this collection.
             * @example 42
             */
            add_to_carts: number | null;
            /**
             * @description Sessions with a placed order with a line of it / sessions with any event of it; null without sessions. The same as in /business/overview with `collection`.
             * @example 0.04
             */
            conversion_rate: number | null;
            /**
             * @description Its net_sales / Σ net_sales of all collections and of lines without one; null when that is 0.
             * @example 0.45
             */
            share_of_sales: number | null;
            /**
             * @description Slug; null for lines without a collection.
             * @example black-rose
             */
            collection: string | null;
            /** @description Its five products with the largest gross sales, of those that were sold in the range. */
            top_products: components["schemas"]["TopProduct"][];
            comparison?: components["schemas"]["CollectionComparison"];
        };
        /** @description Relative change of each figure of a collection; null against 0 or none. */
        CollectionChanges: {
            /**
             * @description (gross_sales − compared gross_sales) / |compared gross_sales|; null against 0 or none.
             * @example 0.12
             */
            gross_sales: number | null;
            /**
             * @description (discounts − compared discounts) / |compared discounts|; null against 0 or none.
             * @example 0.12
             */
            discounts: number | null;
            /**
             * @description (net_sales − compared net_sales) / |compared net_sales|; null against 0 or none.
             * @example 0.12
             */
            net_sales: number | null;
            /**
             * @description (orders − compared orders) / |compared orders|; null against 0 or none.
             * @example 0.12
             */
            orders: number | null;
            /**
             * @description (units − compared units) / |compared units|; null against 0 or none.
             * @example 0.12
             */
            units: number | null;
            /**
             * @description (views − compared views) / |compared views|; null against 0 or none.
             * @example 0.12
             */
            views: number | null;
            /**
             * @description (add_to_carts − compared add_to_carts) / |compared add_to_carts|; null against 0 or none.
             * @example 0.12
             */
            add_to_carts: number | null;
            /**
             * @description (conversion_rate − compared conversion_rate) / |compared conversion_rate|; null against 0 or none.
             * @example 0.12
             */
            conversion_rate: number | null;
            /**
             * @description (share_of_sales − compared share_of_sales) / |compared share_of_sales|; null against 0 or none.
             * @example 0.12
             */
            share_of_sales: number | null;
        };
        /** @description Figures of the collection in the compared period, and their change. */
        CollectionComparison: {
            /**
             * @description Σ quantity × unit_price of its lines in placed orders.
             * @example 510
             */
            gross_sales: number | null;
            /**
             * @description Its lines’ share of the orders’ discounts, split by gross sales.
             * @example 18
             */
            discounts: number | null;
            /**
             * @description gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations.
             * @example 492
             */
            net_sales: number | null;
            /**
             * @description Placed orders with a line of it, each once.
             * @example 5
             */
            orders: number | null;
            /**
             * @description Σ quantity of its lines in placed orders.
             * @example 9
             */
            units: number | null;
            /**
             * @description product_view events with this collection.
             * @example 310
             */
            views: number | null;
            /**
             * @description add_to_cart events with this collection.
             * @example 42
             */
            add_to_carts: number | null;
            /**
             * @description Sessions with a placed order with a line of it / sessions with any event of it; null without sessions. The same as in /business/overview with `collection`.
             * @example 0.04
             */
            conversion_rate: number | null;
            /**
             * @description Its net_sales / Σ net_sales of all collections and of lines without one; null when that is 0.
             * @example 0.45
             */
            share_of_sales: number | null;
            /** @description (now − then) / |then| of each figure; null against 0 or none. */
            change: components["schemas"]["CollectionChanges"];
        };
        /** @description Collections with their sales, share and conversion. */
        Collections: {
            /** @description Every collection with an event, and HOUSE_COLLECTIONS always; largest net_sales first, lines without one last. */
            collections: components["schemas"]["Collection"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Point of the compared period. */
        ComparedPoint: {
            /** @description True where the range cuts the point or it is still open. */
            partial?: boolean;
            /**
             * @description Σ (total + discount − tax − shipping) of orders placed in this point.
             * @example 1250
             */
            gross_sales: number | null;
            /**
             * @description Σ discount of orders placed in this point.
             * @example 50
             */
            discounts: number | null;
            /**
             * @description Σ (total − tax − shipping) of refunds and cancellations in this point.
             * @example 100
             */
            returns: number | null;
            /**
             * @description gross_sales − discounts − returns.
             * @example 1100
             */
            net_sales: number | null;
            /**
             * @description Orders placed in this point.
             * @example 11
             */
            orders: number | null;
            /**
             * @description Σ quantity of orders placed in this point.
             * @example 25
             */
            units: number | null;
            /**
             * @description net_sales / orders; null without orders.
             * @example 100
             */
            average_order_value: number | null;
            /** @description The parts that have any event, largest gross sales first. */
            breakdown?: components["schemas"]["Breakdown"][];
            /**
             * Format: date-time
             * @description Start of the point; null where the earlier time has none beside it, as are then all values.
             */
            t: string | null;
        };
        /**
         * @description Period to compare with.
         * @enum {string}
         */
        ComparisonKind: "previous_period" | "previous_year";
        /** @description State of a component of the platform. */
        Component: {
            /** @description `off`: not configured. */
            status: components["schemas"]["ComponentStatus"];
            /**
             * @description What is seen, and against which limit.
             * @example It answered in 2 ms (limit 200 ms); 10 % of the read pool is in use (limit 90 %), 0 waiting.
             */
            detail: string;
        };
        /**
         * @description State of a component; `off`: not configured.
         * @enum {string}
         */
        ComponentStatus: "healthy" | "degraded" | "down" | "off";
        /** @description States of the components of the platform. */
        Components: {
            /** @description The requests of the live window; degraded as well while lines of the log cannot be written. */
            api: components["schemas"]["Component"];
            database: components["schemas"]["Component"];
            queue: components["schemas"]["Component"];
            cache: components["schemas"]["Component"];
            /** @description Where metrics are read: each target, and the age of its answer. */
            prometheus: components["schemas"]["Component"];
            notifications: components["schemas"]["Component"];
            /** @description Evaluations of alert rules that were late, skipped or failed in the last 10 minutes, over all processes; ticks in the future that were taken back, and processes whose clocks are wrong. `down`: none took effect for 10 minutes. */
            alerts: components["schemas"]["Component"];
        };
        /**
         * @description Change of an alert rule.
         * @enum {string}
         */
        ConfigAction: "created" | "updated" | "deleted";
        /** @description Changes of an alert rule, newest first. */
        ConfigAudit: {
            /** @description Newest first. */
            items: components["schemas"]["ConfigChange"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description Change of an alert rule. */
        ConfigChange: {
            /**
             * Format: date-time
             * @description When.
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /**
             * @description `sub` of the token that did it.
             * @example maya
             */
            by: string;
            /**
             * @description What was done.
             * @example created
             */
            action: components["schemas"]["ConfigAction"];
            /** @description Null where it was created. */
            before: components["schemas"]["AlertConfig"] | null;
            /** @description Null where it was deleted. */
            after: components["schemas"]["AlertConfig"] | null;
        };
        /** @description Alert rules as a file. */
        ConfigExport: {
            /**
             * @description Of this format.
             * @example 1
             * @enum {integer}
             */
            schema: 1;
            /** @description By name; without id, version and dates. */
            configs: components["schemas"]["AlertRule"][];
        };
        /** @description Statistics of the alerts of one rule. */
        ConfigFigures: {
            /**
             * @description Alerts triggered in the range.
             * @example 12
             */
            alerts: number;
            /**
             * @description Of these, acknowledged at some time.
             * @example 7
             */
            acknowledged: number;
            /**
             * @description Of these, resolved by now.
             * @example 11
             */
            resolved: number;
            /** @description acknowledged_at − triggered_at. */
            time_to_acknowledge_seconds: components["schemas"]["DurationFigures"];
            /** @description resolved_at − triggered_at. */
            time_to_resolve_seconds: components["schemas"]["DurationFigures"];
            /**
             * @description Alerts within an hour of the end of the one before of the same config and group / alerts.
             * @example 0.25
             */
            flapping: number | null;
            /**
             * @description Resolved alerts that went by themselves without anybody having acknowledged them / resolved alerts.
             * @example 0.36
             */
            noise: number | null;
            /**
             * Format: uuid
             * @description It may be deleted by now.
             * @example 7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44
             */
            config_id: string;
            /**
             * @description As the latest alert has it.
             * @example API answers with errors
             */
            config_name: string;
        };
        /** @description File of alert rules to import. */
        ConfigImport: {
            /**
             * @description Of this format.
             * @example 1
             * @enum {integer}
             */
            schema?: 1;
            /** @description Each name once. */
            configs: components["schemas"]["AlertRule"][];
        };
        /** @description Connections of the database server. */
        Connections: {
            /**
             * @description To this database, from everybody, at work or within a transaction.
             * @example 2
             */
            active: number | null;
            /**
             * @description To this database, from everybody, idle.
             * @example 11
             */
            idle: number | null;
            /**
             * @description `max_connections` of the server.
             * @example 100
             */
            max: number | null;
        };
        /** @description Costs in USD, reported by providers or estimated from prices. */
        Cost: {
            /**
             * @description Σ cost_usd that the jobs reported.
             * @example 41.27
             */
            reported: number;
            /**
             * @description Σ estimate, from the price table, of jobs that reported none.
             * @example 0
             */
            estimated: number;
            /**
             * @description reported + estimated; null when no job’s cost is known.
             * @example 41.27
             */
            total: number | null;
            /**
             * @description Jobs with neither a reported nor an estimated cost; never counted as 0.
             * @example 12
             */
            jobs_without_cost: number;
        };
        /**
         * @description ISO 4217 code of a currency in use that has a minor unit.
         * @enum {string}
         */
        Currency: "AED" | "AFN" | "ALL" | "AMD" | "AOA" | "ARS" | "AUD" | "AWG" | "AZN" | "BAM" | "BBD" | "BDT" | "BHD" | "BIF" | "BMD" | "BND" | "BOB" | "BOV" | "BRL" | "BSD" | "BTN" | "BWP" | "BYN" | "BZD" | "CAD" | "CDF" | "CHE" | "CHF" | "CHW" | "CLF" | "CLP" | "CNY" | "COP" | "COU" | "CRC" | "CUP" | "CVE" | "CZK" | "DJF" | "DKK" | "DOP" | "DZD" | "EGP" | "ERN" | "ETB" | "EUR" | "FJD" | "FKP" | "GBP" | "GEL" | "GHS" | "GIP" | "GMD" | "GNF" | "GTQ" | "GYD" | "HKD" | "HNL" | "HTG" | "HUF" | "IDR" | "ILS" | "INR" | "IQD" | "IRR" | "ISK" | "JMD" | "JOD" | "JPY" | "KES" | "KGS" | "KHR" | "KMF" | "KPW" | "KRW" | "KWD" | "KYD" | "KZT" | "LAK" | "LBP" | "LKR" | "LRD" | "LSL" | "LYD" | "MAD" | "MDL" | "MGA" | "MKD" | "MMK" | "MNT" | "MOP" | "MRU" | "MUR" | "MVR" | "MWK" | "MXN" | "MXV" | "MYR" | "MZN" | "NAD" | "NGN" | "NIO" | "NOK" | "NPR" | "NZD" | "OMR" | "PAB" | "PEN" | "PGK" | "PHP" | "PKR" | "PLN" | "PYG" | "QAR" | "RON" | "RSD" | "RUB" | "RWF" | "SAR" | "SBD" | "SCR" | "SDG" | "SEK" | "SGD" | "SHP" | "SLE" | "SOS" | "SRD" | "SSP" | "STN" | "SVC" | "SYP" | "SZL" | "THB" | "TJS" | "TMT" | "TND" | "TOP" | "TRY" | "TTD" | "TWD" | "TZS" | "UAH" | "UGX" | "USD" | "USN" | "UYI" | "UYU" | "UYW" | "UZS" | "VED" | "VES" | "VND" | "VUV" | "WST" | "XAD" | "XAF" | "XCD" | "XCG" | "XOF" | "XPF" | "YER" | "ZAR" | "ZMW" | "ZWG";
        /** @description New and returning customers. */
        Customers: {
            /**
             * @description Customers with no placed order before the range, in any currency, as far back as 3 years.
             * @example 7
             */
            new: number;
            /**
             * @description Customers with a placed order before the range.
             * @example 3
             */
            returning: number;
            /**
             * @description returning / (new + returning); null without customers.
             * @example 0.3
             */
            repeat_rate: number | null;
        };
        /** @description Start page of the admin: a section for each feature. */
        Dashboard: {
            /** @description The answer of `GET /health/overview`. */
            system_health?: components["schemas"]["HealthOverview"];
            /** @description The answer of `GET /ml/overview`. */
            ml_pipelines?: components["schemas"]["MlOverview"];
            /** @description The answer of `GET /business/overview`. */
            business?: components["schemas"]["Overview"];
            /** @description What fires now. */
            active_alerts?: components["schemas"]["ActiveAlerts"];
            /** @description Of the sections. */
            meta: components["schemas"]["DashboardMeta"];
        };
        /** @description State of each section of the dashboard. */
        DashboardMeta: {
            /** @description How each section that was asked for came out. */
            sections: components["schemas"]["SectionStates"];
        };
        /**
         * @description Section of the dashboard.
         * @enum {string}
         */
        DashboardSection: "health" | "ml" | "business" | "alerts";
        /**
         * @description Where figures come from: raw events, rollups, both, or Prometheus.
         * @enum {string}
         */
        DataSource: "raw" | "rollup" | "hybrid" | "prometheus";
        /** @description State of the database, its pool, statements and tables. */
        DatabaseHealth: {
            status: components["schemas"]["HealthStatus"];
            /** @description Pools of this process for reads and commits, together. */
            pool: components["schemas"]["Pool"];
            /** @description Statements of this process in the last 5 minutes, from sent to answered, without those of jobs; within 5 %. */
            query_latency_ms: components["schemas"]["Percentiles"];
            connections: components["schemas"]["Connections"];
            /**
             * @description Blocks found in shared buffers / blocks asked for, since the statistics were reset. 0..1.
             * @example 0.998
             */
            cache_hit_ratio: number | null;
            /**
             * @description Commits and rollbacks of everybody, over the last 5 minutes or as much of them as this process has observed; null at first.
             * @example 74.2
             */
            transactions_per_second: number | null;
            /**
             * @description Since the statistics were reset.
             * @example 0
             */
            deadlocks: number | null;
            /**
             * @description Size of the database on disk, at most a minute old.
             * @example 913833984
             */
            size_bytes: number | null;
            /** @description The ten largest, at most a minute old. */
            largest_tables: components["schemas"]["Table"][];
            /** @description The ten that took the most time in all; only where pg_stat_statements is loaded and may be read. */
            statements?: components["schemas"]["Statement"][];
            /** @description `stale`: the database did not tell in time, its figures are the last ones known. */
            meta: components["schemas"]["Meta"];
        };
        /** @description Event that was rejected, with the reasons. */
        DeadLetter: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            received_at: string;
            /** @description Its place in the batch it came with. */
            index: number;
            /** @description As far as it was a text. */
            event_id: string | null;
            /** @description As far as it was a text. */
            event_type: string | null;
            /** @description What was wrong with it; paths are relative to the event. */
            errors: {
                path?: string;
                message?: string;
            }[];
            /** @description The event as JSON, at most 8 KiB of it. */
            body: string;
            /** @description True: `body` is not whole, so that it cannot be replayed. */
            body_truncated: boolean;
            correlation_id: string;
            /** @description `sub` of the token it came with. */
            submitted_by: string;
        };
        /** @description Page of rejected events, newest first. */
        DeadLetterPage: {
            items: components["schemas"]["DeadLetter"][];
            next_cursor: string | null;
        };
        /** @description Delivery of a notice over one channel to one address. */
        Delivery: {
            /**
             * Format: uuid
             * @description Of this delivery.
             * @example 0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b
             */
            id: string;
            /**
             * Format: uuid
             * @description Null: about no alert.
             */
            alert_id: string | null;
            /**
             * @description Name of the rule.
             * @example API answers with errors
             */
            config_name: string | null;
            /**
             * @description Of the alert.
             * @example critical
             */
            severity: components["schemas"]["Severity"];
            /**
             * @description Over which it goes.
             * @example sms
             */
            channel: components["schemas"]["Channel"];
            /**
             * @description Where to, masked; empty where nobody has an address.
             * @example +14*******00
             */
            target: string;
            /**
             * @description `late`: tells that other notices did not leave in time.
             * @example firing
             */
            kind: components["schemas"]["DeliveryKind"];
            /**
             * @description What became of it.
             * @example sent
             */
            status: components["schemas"]["DeliveryStatus"];
            /**
             * @description How often the provider was called.
             * @example 1
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When the engine saw it.
             * @example 2026-11-22T10:01:00.000Z
             */
            detected_at: string;
            /**
             * Format: date-time
             * @description When the provider accepted it.
             * @example 2026-11-22T10:01:00.412Z
             */
            sent_at: string | null;
            /**
             * @description Outcome of the last attempt, with the words of the provider; of a sent one: a warning about its answer.
             * @example Twilio answered 503 (20503): Service Unavailable
             */
            error?: string;
            /**
             * @description Why it was skipped.
             * @example preferences
             */
            reason?: string;
            /** @description Channel that failed or is late; this delivery goes out beside it. */
            fallback_for?: components["schemas"]["Channel"];
            /**
             * @description True: an earlier attempt may have arrived as well.
             * @example true
             */
            possible_duplicate?: boolean;
        };
        /**
         * @description Reason of a delivery.
         * @enum {string}
         */
        DeliveryKind: "firing" | "resolved" | "reminder" | "late";
        /** @description Page of deliveries, newest first. */
        DeliveryPage: {
            /** @description Newest first. */
            items: components["schemas"]["Delivery"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /**
         * @description Delivery status of a notice.
         * @enum {string}
         */
        DeliveryStatus: "pending" | "sent" | "failed" | "skipped";
        /** @description Durations of jobs in milliseconds. */
        Duration: {
            /**
             * @description Mean over jobs of whatever status.
             * @example 9120.4
             */
            avg: number | null;
            /**
             * @description Nearest-rank median, within 1 %.
             * @example 7675.04
             */
            p50: number | null;
            /**
             * @description Nearest-rank 95th percentile, within 1 %.
             * @example 19027.48
             */
            p95: number | null;
            /**
             * @description Nearest-rank 99th percentile, within 1 %.
             * @example 24310
             */
            p99: number | null;
        };
        /** @description Mean and 95th percentile of a duration in seconds. */
        DurationFigures: {
            /**
             * @description Null: none yet.
             * @example 185.5
             */
            mean: number | null;
            /**
             * @description Nearest rank.
             * @example 610
             */
            p95: number | null;
        };
        /** @description Figures of one route of a service. */
        Endpoint: {
            /**
             * @description Service that answered, as its events name it or as the label `service` of its histogram says; absent where they name none.
             * @example shop-api
             */
            service?: string;
            /** @example GET */
            method: string;
            /** @example /products/:id */
            route: string;
            /**
             * @description Requests; from Prometheus rounded.
             * @example 1840
             */
            count: number;
            /**
             * @description count / observed seconds.
             * @example 6.13
             */
            requests_per_second: number | null;
            /**
             * @description Requests answered 5xx / count.
             * @example 0.001
             */
            error_rate: number | null;
            /**
             * @description Requests answered 4xx other than 429 / count.
             * @example 0.03
             */
            client_error_rate: number | null;
            /**
             * @description Requests answered 429 / count.
             * @example 0.002
             */
            throttled_rate: number | null;
            latency_ms: components["schemas"]["EndpointLatency"];
        };
        /** @description Latency of a route in milliseconds. */
        EndpointLatency: {
            /**
             * @description Median.
             * @example 41.2
             */
            p50: number | null;
            /**
             * @description 95th percentile.
             * @example 212.5
             */
            p95: number | null;
            /**
             * @description 99th percentile.
             * @example 640
             */
            p99: number | null;
            /**
             * @description Mean.
             * @example 63.1
             */
            avg: number | null;
            /**
             * @description Longest; null when it comes from Prometheus, which does not keep it.
             * @example 1804
             */
            max: number | null;
        };
        /**
         * @description Figure to sort routes by.
         * @enum {string}
         */
        EndpointSort: "count" | "error_rate" | "p95";
        /** @description Figures by route. */
        Endpoints: {
            endpoints: components["schemas"]["Endpoint"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Number of failed jobs with an error code. */
        ErrorCount: {
            /**
             * @description null: failed without a code.
             * @example timeout
             */
            error_code: string | null;
            /**
             * @description Failed jobs.
             * @example 7
             */
            count: number;
        };
        /** @description An error that a service or page reports. */
        ErrorEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "error";
            /** @description Class of error. */
            name: string;
            /** @description What it said; may be empty. */
            message: string;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Where it happened. */
            service?: string;
            /** @description How bad. */
            severity?: string;
            /** @description Groups errors of one cause. */
            fingerprint?: string;
        };
        /**
         * @description What happens to an alert while its metric cannot be read.
         * @enum {string}
         */
        ErrorPolicy: "keep" | "alert";
        /** @description An event that a sender may report; `event_type` says which. */
        Event: components["schemas"]["ApiRequestEvent"] | components["schemas"]["MlJobEvent"] | components["schemas"]["OrderEvent"] | components["schemas"]["StorefrontEvent"] | components["schemas"]["InventoryEvent"] | components["schemas"]["ErrorEvent"];
        /** @description Stored events, newest first. */
        EventPage: {
            items: components["schemas"]["StoredEvent"][];
            /** @description Cursor of the next page; null on the last one. */
            next_cursor: string | null;
        };
        /** @description Events that are sent together. */
        EventSubmission: {
            events: components["schemas"]["Event"][];
            /**
             * Format: date-time
             * @description The sender's clock; its skew is reported, never applied.
             */
            sent_at?: string;
        };
        /**
         * @description Type of an event.
         * @enum {string}
         */
        EventType: "api_request" | "ml_job" | "order" | "storefront" | "inventory" | "error" | "alert";
        /** @description Verdict on each event of a batch. */
        EventVerdicts: {
            /** @description Stored, and durable. */
            accepted: number;
            /** @description Were stored before; nothing changed. */
            duplicates: number;
            rejected: {
                index: number;
                event_id?: string;
                errors: components["schemas"]["FieldError"][];
            }[];
            /** @description The sender's clock less ours. */
            clock_skew_ms?: number;
        };
        /** @description Field that is not valid, and why. */
        FieldError: {
            /**
             * @description Where it is, in the sender’s own names.
             * @example events[3].duration_ms
             */
            path: string;
            /** @example must be a number from 0 up */
            message: string;
        };
        /** @description Steps from visit to order. */
        Funnel: {
            /** @description traffic, cart, checkout, complete. */
            steps: components["schemas"]["FunnelStep"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Relative change of each figure of a step; null against 0 or none. */
        FunnelChanges: {
            /**
             * @description (sessions − compared sessions) / |compared sessions|; null against 0 or none.
             * @example 0.12
             */
            sessions: number | null;
            /**
             * @description (rate_from_previous − compared rate_from_previous) / |compared rate_from_previous|; null against 0 or none.
             * @example 0.12
             */
            rate_from_previous: number | null;
            /**
             * @description (rate_from_start − compared rate_from_start) / |compared rate_from_start|; null against 0 or none.
             * @example 0.12
             */
            rate_from_start: number | null;
        };
        /** @description Figures of the step in the compared period, and their change. */
        FunnelComparison: {
            /**
             * @description Distinct sessions that reached the step. Exact up to 1,000.
             * @example 440
             */
            sessions: number | null;
            /**
             * @description sessions / sessions of the step before; null for traffic, and when that is 0.
             * @example 0.3
             */
            rate_from_previous: number | null;
            /**
             * @description sessions / sessions of traffic; null when that is 0.
             * @example 0.3
             */
            rate_from_start: number | null;
            /** @description (now − then) / |then| of each figure; null against 0 or none. */
            change: components["schemas"]["FunnelChanges"];
        };
        /** @description Stage of the assets pipeline. */
        FunnelStage: {
            /** @example versioning */
            stage: string;
            /** @example 118 */
            succeeded: number;
            /**
             * @description succeeded / succeeded of the stage before; null for the first, or when that had none.
             * @example 0.9833
             */
            rate_from_previous: number | null;
        };
        /** @description Step from visit to order. */
        FunnelStep: {
            /**
             * @description Distinct sessions that reached the step. Exact up to 1,000.
             * @example 440
             */
            sessions: number | null;
            /**
             * @description sessions / sessions of the step before; null for traffic, and when that is 0.
             * @example 0.3
             */
            rate_from_previous: number | null;
            /**
             * @description sessions / sessions of traffic; null when that is 0.
             * @example 0.3
             */
            rate_from_start: number | null;
            /** @description traffic: any storefront or order event. cart: add_to_cart. checkout: checkout_started. complete: a placed order or a purchase. A later step’s event counts as well, in any order. */
            step: components["schemas"]["FunnelStepName"];
            comparison?: components["schemas"]["FunnelComparison"];
        };
        /**
         * @description Step from visit to order.
         * @enum {string}
         */
        FunnelStepName: "traffic" | "cart" | "checkout" | "complete";
        /**
         * @description Metric of a health series.
         * @enum {string}
         */
        HealthMetric: "request_count" | "error_rate" | "latency_p50" | "latency_p95" | "latency_p99";
        /** @description State of the platform at a glance. */
        HealthOverview: {
            /** @description down: API or database are down; degraded: some component is degraded or down. Always of this moment. */
            status: components["schemas"]["HealthStatus"];
            /**
             * @description How long the process that answers has been running.
             * @example 86400.25
             */
            uptime_seconds: number;
            /**
             * @description The share of the observed time in which requests were answered other than 5xx. Live: the share of scrapes that the targets answered × (1 − error_rate). Of a range: the time-weighted mean of 1 − error_rate over its minutes (up to 6 h), hours or days with requests.
             * @example 0.9991
             */
            availability: number | null;
            /**
             * @description The share of the time that has passed which was observed: by scrapes, or by requests in it. 0..1.
             * @example 0.96
             */
            availability_coverage: number;
            /**
             * @description Requests / observed seconds; of a range: / seconds of it that have passed.
             * @example 12.4
             */
            requests_per_second: number | null;
            /**
             * @description Requests answered 5xx / requests.
             * @example 0.0004
             */
            error_rate: number | null;
            /**
             * @description Requests answered 4xx other than 429 (throttled, see `GET /health/api`) / requests.
             * @example 0.021
             */
            client_error_rate: number | null;
            /** @description Durations of requests of whatever status. */
            latency_ms: components["schemas"]["Percentiles"];
            /** @description Always of this moment. */
            components: components["schemas"]["Components"];
            meta: components["schemas"]["Meta"];
        };
        /** @description Point of a health series. */
        HealthPoint: {
            /**
             * Format: date-time
             * @description Start of the step.
             */
            t: string;
            /**
             * @description request_count of nothing is 0, everything else of nothing null.
             * @example 318
             */
            value: number | null;
            /** @description The step is cut by the range, or has not ended yet. */
            partial?: boolean;
        };
        /** @description Series of one health metric. */
        HealthSeries: {
            metric: components["schemas"]["HealthMetric"];
            unit: components["schemas"]["SeriesUnit"];
            /** @description One for every step, oldest first. */
            points: components["schemas"]["HealthPoint"][];
        };
        /**
         * @description State of the platform.
         * @enum {string}
         */
        HealthStatus: "healthy" | "degraded" | "down";
        /**
         * @description Whether an import keeps or deletes rules that the file does not have.
         * @enum {string}
         */
        ImportMode: "merge" | "replace";
        /** @description Result of an import of alert rules. */
        ImportReport: {
            /**
             * @description As it was asked for.
             * @example merge
             */
            mode: components["schemas"]["ImportMode"];
            /**
             * @description True: nothing was changed.
             * @example false
             */
            dry_run: boolean;
            /**
             * @description Names of new configs.
             * @example [
             *       "API answers with errors"
             *     ]
             */
            created: string[];
            /**
             * @description Names of configs that were changed.
             * @example []
             */
            updated: string[];
            /**
             * @description Names of configs that were like this already.
             * @example []
             */
            unchanged: string[];
            /**
             * @description Names of deleted configs.
             * @example []
             */
            deleted: string[];
        };
        /** @description Message of the in-app inbox. */
        InboxMessage: {
            /**
             * Format: uuid
             * @description Of this message.
             * @example 0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b
             */
            id: string;
            /**
             * Format: uuid
             * @description The alert it is about; null for a test and for one that speaks of several.
             * @example 5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e
             */
            alert_id: string | null;
            /**
             * @description Of the alert.
             * @example critical
             */
            severity: components["schemas"]["Severity"];
            /**
             * @description One line.
             * @example [CRITICAL] Firing: API answers with errors
             */
            title: string;
            /**
             * @description Plain text: the value, peak and threshold in their unit, and the link of `ALERT_URL_TEMPLATE` where it is set.
             * @example api.error_rate is 25 % (threshold 5 %) over 5 min.
             */
            body: string;
            /**
             * Format: date-time
             * @description When it came.
             * @example 2026-11-22T10:01:00.412Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When you read it; others have their own.
             * @example null
             */
            read_at: string | null;
        };
        /** @description Page of inbox messages, newest first. */
        InboxPage: {
            /** @description Newest first. */
            items: components["schemas"]["InboxMessage"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description The stock of a product, as it stands. */
        InventoryEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "inventory";
            /** @description Product. */
            product_id: string;
            /** @description In stock; below 0 where more was sold than there is. Kept to 6 decimals; further digits are rounded, half to even. */
            quantity: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Its collection; folded to a slug. */
            collection?: string;
            /** @description Name of the product. */
            name?: string;
        };
        /**
         * @description Result of a job.
         * @enum {string}
         */
        JobStatus: "succeeded" | "failed" | "cancelled";
        /** @description Whether the process is alive. */
        Liveness: {
            /** @enum {string} */
            status: "alive";
        };
        /** @description What an answer covers and where its figures come from. */
        Meta: {
            /**
             * Format: date-time
             * @description Start of what the answer covers (included).
             */
            from: string;
            /**
             * Format: date-time
             * @description End of what the answer covers (not included).
             */
            to: string;
            /**
             * @description The range asked for by name, else null.
             * @example 24h
             */
            range: string | null;
            /**
             * @description Width of a point in seconds.
             * @enum {integer}
             */
            step_seconds?: 60 | 300 | 900 | 3600 | 86400 | 604800;
            /** @description Where the figures come from. */
            source: components["schemas"]["DataSource"];
            /** Format: date-time */
            generated_at: string;
            /** @description True while something that belongs to the answer is not in it yet, or when the last attempt at a source that it uses failed. */
            stale: boolean;
            /**
             * @description Largest relative error of a percentile.
             * @example 0.01
             */
            percentile_error?: number | null;
            /**
             * @description Standard error of distinct numbers; 0 when they are exact.
             * @example 0
             */
            distinct_error?: number;
            /** Format: date-time */
            compare_from?: string;
            /** Format: date-time */
            compare_to?: string;
        };
        /**
         * @description Whether a metric is computed from events or sampled.
         * @enum {string}
         */
        MetricSource: "events" | "samples";
        /** @description A finished job of an AI pipeline. */
        MlJobEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "ml_job";
            /** @description Pipeline. */
            pipeline: components["schemas"]["PipelineName"];
            /** @description Who ran it, e.g. `replicate`, `tripo`, `huggingface`, `gemini`. */
            provider: string;
            /** @description How it ended. */
            status: components["schemas"]["JobStatus"];
            /** @description Run time, in milliseconds. */
            duration_ms: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Model. */
            model?: string;
            /** @description Stage of the assets pipeline. */
            stage?: components["schemas"]["AssetStage"];
            /** @description Why it failed. */
            error_code?: string;
            /** @description The provider's own id of the job. */
            job_id?: string;
            /** @description What the provider charged, in USD; beats any estimate. Kept to 12 decimals; further digits are rounded, half to even. */
            cost_usd?: number;
            /** @description Units taken in (tokens, images, …). */
            input_units?: number;
            /** @description Units put out. */
            output_units?: number;
            /** @description Attempts after the first. */
            retries?: number;
        };
        /** @description Figures of all AI pipelines, by pipeline and over time. */
        MlOverview: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @description By pipeline, by name. */
            by_pipeline: components["schemas"]["PipelineFigures"][];
            /** @description One for every step, oldest first; gaps are filled. */
            series: components["schemas"]["MlPoint"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Point of a series of jobs. */
        MlPoint: {
            /**
             * Format: date-time
             * @description Start of the point.
             */
            t: string;
            /** @description True where the range cuts the point or it is still open. */
            partial?: boolean;
            /** @example 12 */
            jobs: number;
            /** @example 11 */
            succeeded: number;
            /** @example 1 */
            failed: number;
            /** @example 0.9167 */
            success_rate: number | null;
            /** @example 18020.5 */
            duration_p95_ms: number | null;
            /**
             * @description Total cost, reported and estimated; null when no job’s cost is known, 0 without jobs.
             * @example 1.08
             */
            cost_usd: number | null;
        };
        /** @description Figures of the jobs of a model. */
        ModelFigures: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /**
             * @description null: jobs that named none.
             * @example text-to-model
             */
            model: string | null;
        };
        /** @description Silence to create. */
        NewSilence: {
            /** @description At least one; all must hold. */
            matchers: components["schemas"]["SilenceMatchers"];
            /**
             * Format: date-time
             * @description Default now.
             * @example 2099-11-22T22:00:00Z
             */
            starts_at?: string | null;
            /**
             * Format: date-time
             * @description In the future, after starts_at, and within 366 days of it.
             * @example 2099-11-23T00:00:00Z
             */
            ends_at: string;
            /**
             * @description Why.
             * @example Planned maintenance of the database.
             */
            reason: string;
        };
        /**
         * @description What happens to an alert while its metric has no data.
         * @enum {string}
         */
        NoDataPolicy: "ok" | "keep" | "alert";
        /** @description Note on an alert. */
        Note: {
            /**
             * @description What others should know.
             * @example Rolling back the release.
             */
            note?: string | null;
        };
        /**
         * @description Kind of a notice.
         * @enum {string}
         */
        NoticeKind: "firing" | "resolved" | "reminder";
        /**
         * @description Alerts that a person or team is notified of.
         * @enum {string}
         */
        NotificationScope: "all" | "business";
        /** @description Objective for delivery times, and how far it is met. */
        Objective: {
            /**
             * @description Deliveries whose time is over: sent, failed, or late.
             * @example 120
             */
            deliveries: number;
            /**
             * @description Accepted by the provider within the target.
             * @example 119
             */
            within: number;
            /**
             * @description Accepted, or still waiting, after the target.
             * @example 1
             */
            late: number;
            /**
             * @description Of `late`: not accepted yet, still being tried.
             * @example 0
             */
            late_pending: number;
            /**
             * @description Given up: refused for good, or after 4 hours of attempts.
             * @example 0
             */
            failed: number;
            /**
             * @description Still waiting, within the target.
             * @example 0
             */
            pending: number;
            /**
             * @description within / deliveries; null without any.
             * @example 0.9917
             */
            share_within: number | null;
            /**
             * @description Nearest rank, of what was accepted.
             * @example 0.41
             */
            p50_seconds: number | null;
            /**
             * @description Nearest rank, of what was accepted.
             * @example 1.2
             */
            p95_seconds: number | null;
            /**
             * @description Of what was accepted.
             * @example 31.5
             */
            max_seconds: number | null;
            /**
             * @description Of the alerts.
             * @example critical
             */
            severity: components["schemas"]["Severity"];
            /**
             * @description From detection, or the end of quiet hours, until the provider accepts.
             * @example 30
             */
            target_seconds: number;
            /** @description Each channel that had any. */
            by_channel: components["schemas"]["ChannelTimes"][];
        };
        /** @description A step in the life of an order. Sales count at `placed`, returns at `refunded` and `cancelled`. */
        OrderEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "order";
            /** @description Step. */
            status: components["schemas"]["OrderStatus"];
            /** @description Order number. */
            order_id: string;
            /** @description ISO 4217 code of a currency in use that has a minor unit. */
            currency: components["schemas"]["Currency"];
            /** @description Charged; for refunded and cancelled what this event gives back, as a positive amount. Kept to 6 decimals; further digits are rounded, half to even. */
            total: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Given on the order; not part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            discount?: number;
            /** @description Part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            tax?: number;
            /** @description Part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            shipping?: number;
            /** @description Customer. */
            customer_id?: string;
            /** @description A test order: kept, never counted. */
            test?: boolean;
            /** @description Lines. */
            items?: {
                /** @description Product sold. */
                product_id: string;
                /** @description Sold, or for a refund given back. Kept to 6 decimals; further digits are rounded, half to even. */
                quantity: number;
                /** @description Price of one, in the order's currency, before discount. Kept to 6 decimals; further digits are rounded, half to even. */
                unit_price: number;
                /** @description Name of the product. */
                name?: string;
                /** @description Its collection; folded to a slug. */
                collection?: string;
                /** @description Given on this line, in the order's currency. Where no line of the order names one, the order's `discount` is split over the lines by quantity × unit_price. Kept to 6 decimals; further digits are rounded, half to even. */
                discount?: number;
            }[];
        };
        /**
         * @description Step in the life of an order.
         * @enum {string}
         */
        OrderStatus: "placed" | "paid" | "fulfilled" | "cancelled" | "refunded";
        /** @description Values of single placed orders. */
        OrderValue: {
            /**
             * @description Lowest value; null without orders.
             * @example 12.5
             */
            min: number | null;
            /**
             * @description Highest value; null without orders.
             * @example 480
             */
            max: number | null;
            /**
             * @description Median; within 1 % of the exact value.
             * @example 86
             */
            p50: number | null;
            /**
             * @description 95th percentile; within 1 % of the exact value.
             * @example 310
             */
            p95: number | null;
        };
        /** @description Sales in another currency. */
        OtherCurrency: {
            /** @example EUR */
            currency: string;
            /**
             * @description Placed orders in this currency.
             * @example 3
             */
            orders: number | null;
            /**
             * @description Gross sales in this currency.
             * @example 320
             */
            gross_sales: number | null;
            /**
             * @description Net sales in this currency.
             * @example 320
             */
            net_sales: number | null;
        };
        /** @description Business figures of a range. */
        Overview: {
            /**
             * @description Σ (total + discount − tax − shipping) of placed orders; with `collection` Σ quantity × unit_price of its lines.
             * @example 1250
             */
            gross_sales: number | null;
            /**
             * @description Σ discount of placed orders; with `collection` its lines’ share of it by gross sales.
             * @example 50
             */
            discounts: number | null;
            /**
             * @description Σ (total − tax − shipping) of refunded and cancelled orders, on the day they were; with `collection` their lines.
             * @example 100
             */
            returns: number | null;
            /**
             * @description gross_sales − discounts − returns.
             * @example 1100
             */
            net_sales: number | null;
            /**
             * @description net_sales + tax + shipping of placed less those of refunded and cancelled; null with `collection`: lines have neither.
             * @example 1190
             */
            total_sales: number | null;
            /**
             * @description Placed orders; with `collection` those with such a line, once each.
             * @example 11
             */
            orders: number | null;
            /**
             * @description Σ quantity of placed orders.
             * @example 25
             */
            units: number | null;
            /**
             * @description net_sales / orders (WooCommerce’s definition); null without orders.
             * @example 100
             */
            average_order_value: number | null;
            /** @description gross_sales − discounts of single placed orders; with `collection` of their lines in it. Null values where orders of the range were rolled up before values were kept. */
            order_value: components["schemas"]["OrderValue"];
            /** @description Customers with a placed order in the range, by `customer_id`; null where no order names one. */
            customers: components["schemas"]["Customers"] | null;
            /**
             * @description Sessions with a placed order or a purchase / sessions, 0..1; null without sessions. Independent of `currency`.
             * @example 0.025
             */
            conversion_rate: number | null;
            /**
             * @description Distinct session_id over storefront and order events. Exact up to 1,000.
             * @example 440
             */
            sessions: number | null;
            /** @example USD */
            currency: string;
            /** @description What was sold in other currencies; never added to the figures above. */
            other_currencies: components["schemas"]["OtherCurrency"][];
            comparison?: components["schemas"]["OverviewComparison"];
            meta: components["schemas"]["Meta"];
        };
        /** @description Relative change of each figure; null against 0 or none. */
        OverviewChanges: {
            /**
             * @description (gross_sales − compared gross_sales) / |compared gross_sales|; null against 0 or none.
             * @example 0.12
             */
            gross_sales: number | null;
            /**
             * @description (discounts − compared discounts) / |compared discounts|; null against 0 or none.
             * @example 0.12
             */
            discounts: number | null;
            /**
             * @description (returns − compared returns) / |compared returns|; null against 0 or none.
             * @example 0.12
             */
            returns: number | null;
            /**
             * @description (net_sales − compared net_sales) / |compared net_sales|; null against 0 or none.
             * @example 0.12
             */
            net_sales: number | null;
            /**
             * @description (total_sales − compared total_sales) / |compared total_sales|; null against 0 or none.
             * @example 0.12
             */
            total_sales: number | null;
            /**
             * @description (orders − compared orders) / |compared orders|; null against 0 or none.
             * @example 0.12
             */
            orders: number | null;
            /**
             * @description (units − compared units) / |compared units|; null against 0 or none.
             * @example 0.12
             */
            units: number | null;
            /**
             * @description (average_order_value − compared average_order_value) / |compared average_order_value|; null against 0 or none.
             * @example 0.12
             */
            average_order_value: number | null;
            /**
             * @description (conversion_rate − compared conversion_rate) / |compared conversion_rate|; null against 0 or none.
             * @example 0.12
             */
            conversion_rate: number | null;
            /**
             * @description (sessions − compared sessions) / |compared sessions|; null against 0 or none.
             * @example 0.12
             */
            sessions: number | null;
        };
        /** @description Business figures of the compared period, and their change. */
        OverviewComparison: {
            /**
             * @description Σ (total + discount − tax − shipping) of placed orders; with `collection` Σ quantity × unit_price of its lines.
             * @example 1250
             */
            gross_sales: number | null;
            /**
             * @description Σ discount of placed orders; with `collection` its lines’ share of it by gross sales.
             * @example 50
             */
            discounts: number | null;
            /**
             * @description Σ (total − tax − shipping) of refunded and cancelled orders, on the day they were; with `collection` their lines.
             * @example 100
             */
            returns: number | null;
            /**
             * @description gross_sales − discounts − returns.
             * @example 1100
             */
            net_sales: number | null;
            /**
             * @description net_sales + tax + shipping of placed less those of refunded and cancelled; null with `collection`: lines have neither.
             * @example 1190
             */
            total_sales: number | null;
            /**
             * @description Placed orders; with `collection` those with such a line, once each.
             * @example 11
             */
            orders: number | null;
            /**
             * @description Σ quantity of placed orders.
             * @example 25
             */
            units: number | null;
            /**
             * @description net_sales / orders (WooCommerce’s definition); null without orders.
             * @example 100
             */
            average_order_value: number | null;
            /** @description gross_sales − discounts of single placed orders; with `collection` of their lines in it. Null values where orders of the range were rolled up before values were kept. */
            order_value: components["schemas"]["OrderValue"];
            /** @description Customers with a placed order in the range, by `customer_id`; null where no order names one. */
            customers: components["schemas"]["Customers"] | null;
            /**
             * @description Sessions with a placed order or a purchase / sessions, 0..1; null without sessions. Independent of `currency`.
             * @example 0.025
             */
            conversion_rate: number | null;
            /**
             * @description Distinct session_id over storefront and order events. Exact up to 1,000.
             * @example 440
             */
            sessions: number | null;
            /** @description (now − then) / |then| of each figure; null against 0 or none. */
            change: components["schemas"]["OverviewChanges"];
        };
        /** @description Latency percentiles in milliseconds. */
        Percentiles: {
            /**
             * @description Median.
             * @example 41.2
             */
            p50: number | null;
            /**
             * @description 95th percentile.
             * @example 212.5
             */
            p95: number | null;
            /**
             * @description 99th percentile.
             * @example 640
             */
            p99: number | null;
        };
        /** @description Figures of an AI pipeline, by provider, model and error. */
        Pipeline: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @description Most jobs first; HOUSE_PROVIDERS always, without jobs last. */
            by_provider: components["schemas"]["ProviderFigures"][];
            /** @description Most jobs first. */
            by_model: components["schemas"]["ModelFigures"][];
            /** @description Failed jobs by their error code, most frequent first. */
            errors: components["schemas"]["ErrorCount"][];
            /** @description One for every step, oldest first; gaps are filled. */
            series: components["schemas"]["MlPoint"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Figures of the jobs of a pipeline. */
        PipelineFigures: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @example 3d */
            pipeline: string;
        };
        /**
         * @description AI pipeline.
         * @enum {string}
         */
        PipelineName: "3d" | "descriptions" | "assets";
        /** @description Connections of the service’s pool. */
        Pool: {
            /**
             * @description Open connections of this process.
             * @example 6
             */
            total: number;
            /**
             * @description Open ones that nobody uses.
             * @example 5
             */
            idle: number;
            /**
             * @description Callers that wait for a connection.
             * @example 0
             */
            waiting: number;
            /**
             * @description Most connections that may be opened.
             * @example 12
             */
            max: number;
        };
        /** @description How a person or a team is notified. */
        Preferences: {
            /**
             * @description Where e-mail goes.
             * @example maya@example.com
             */
            email?: string | null;
            /**
             * @description Where SMS go, E.164.
             * @example +14155550100
             */
            phone?: string | null;
            /**
             * @description An incoming webhook of your own: https, and not in a private network. Null: the one of the installation.
             * @example https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX
             */
            slack_webhook_url?: string | null;
            /** @description Replaces the defaults, severity by severity. An empty list: none. */
            channels?: components["schemas"]["ChannelsBySeverity"];
            /** @description Notices of info and warning wait until they are over; critical ones do not. */
            quiet_hours?: components["schemas"]["QuietHours"] | null;
            /**
             * @description `business`: only alerts on `business.*` metrics. Only an admin may set `all`; default `all` when an admin saves, `business` otherwise.
             * @example all
             */
            scope?: components["schemas"]["NotificationScope"];
            /**
             * @description False: no notices at all.
             * @default true
             * @example true
             */
            enabled: boolean;
        };
        /** @description What a rule would have done. */
        Preview: {
            /** @description Oldest first. */
            firings: components["schemas"]["PreviewFiring"][];
            /** @description At most 50 groups, those that fired first. */
            series: components["schemas"]["PreviewSeries"][];
            /**
             * @description Time between two evaluations: as live, or coarser where the range is long.
             * @example 60
             */
            step_seconds: number;
        };
        /** @description Time in which the rule would have fired. */
        PreviewFiring: {
            /**
             * Format: date-time
             * @description When it would have fired.
             * @example 2026-11-22T09:12:00.000Z
             */
            from: string;
            /**
             * Format: date-time
             * @description When it would have resolved; null: it would still be firing.
             * @example 2026-11-22T09:31:00.000Z
             */
            to: string | null;
            /**
             * @description Value of `group_by`.
             * @example /products/:id
             */
            group: string | null;
            /**
             * @description The worst value; null: there was no data.
             * @example 0.21
             */
            peak: number | null;
        };
        /** @description Value that the rule would have seen. */
        PreviewPoint: {
            /**
             * Format: date-time
             * @example 2026-11-22T09:12:00.000Z
             */
            t: string;
            /**
             * @description What is compared with the threshold; null: no data.
             * @example 0.07
             */
            value: number | null;
        };
        /** @description Rule and time to try it on. */
        PreviewRequest: {
            /**
             * @description Unique.
             * @example API answers with errors
             */
            name: string;
            /** @example 5xx above 5 %. */
            description?: string | null;
            /**
             * @description A name of `/alerts/metrics`.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description Dimension of the metric → the value to look at, folded as in events (`post` is POST, `Black Rose` black-rose). Money metrics: `currency`, default BASE_CURRENCY.
             * @example {
             *       "method": "POST"
             *     }
             */
            filters?: {
                [key: string]: string;
            };
            /**
             * @description Dimension of the metric: one alert instance for each of its values, at most 1,000; events without one are `(none)`. A value seen in the last 24 hours is evaluated although it sends nothing: counts and sums are 0 then.
             * @example route
             */
            group_by?: string | null;
            /** @description `threshold_above` is >, `threshold_below` is <. */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description In the metric’s unit (a ratio is a fraction from 0 to 1). For `rate_of_change` the fraction by which the window differs from the one before, its sign being the direction (there is none from 0); for `anomaly` a robust z-score above 0, against the same local hour (STORE_TIME_ZONE) of the week in the last 8 weeks.
             * @example 0.05
             */
            threshold: number;
            /** @example critical */
            severity: components["schemas"]["Severity"];
            /**
             * @description Recovered at or beyond it; default the threshold. Never on the firing side of the threshold.
             * @example 0.03
             */
            recovery_threshold?: number | null;
            /**
             * @description The value is that of this long before the tick. `anomaly`: a multiple of 3600.
             * @default 300
             * @example 300
             */
            window_seconds: number;
            /**
             * @description How long the condition must hold to fire.
             * @default 0
             * @example 0
             */
            for_seconds: number;
            /**
             * @description After a firing notice, further ones of the same instance are muted for this long.
             * @default 300
             * @example 300
             */
            cooldown_seconds: number;
            /**
             * @description Repeats the notice while it fires unacknowledged; default never.
             * @example 3600
             */
            renotify_seconds?: number | null;
            /**
             * @description The window ends this long before the tick, for data that comes late.
             * @default 0
             * @example 0
             */
            evaluation_delay_seconds: number;
            /**
             * @description Fewer events than this behind the value are no data. Default 1; 0 for counts and sums. `rate_of_change`: of the window before.
             * @example 20
             */
            min_samples?: number;
            /**
             * @description Without data: normal, unchanged, or fire. Of a value of `group_by` that sends nothing any more it decides for 24 hours; then, and with `ok` at once, its alert resolves as `gone`.
             * @default ok
             */
            no_data: components["schemas"]["NoDataPolicy"];
            /**
             * @description While the metric cannot be read.
             * @default keep
             */
            on_error: components["schemas"]["ErrorPolicy"];
            /**
             * @description Only these channels; default those of the severity.
             * @example [
             *       "in_app",
             *       "slack"
             *     ]
             */
            channels?: components["schemas"]["Channel"][] | null;
            /** @description Only these; default everybody. */
            recipients?: components["schemas"]["Recipients"] | null;
            /**
             * @description An https address.
             * @example https://runbooks.example/api-errors
             */
            runbook_url?: string | null;
            /**
             * @description Free names and values; silences match them.
             * @example {
             *       "team": "platform"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * @description False: not evaluated.
             * @default true
             */
            enabled: boolean;
            /**
             * Format: date-time
             * @description First instant, included. Default: 24 hours before `to`.
             */
            from?: string;
            /**
             * Format: date-time
             * @description Last instant; times in the future are left out. Default: now.
             */
            to?: string;
        };
        /** @description Values that the rule would have seen, of one group. */
        PreviewSeries: {
            /**
             * @description Value of `group_by`.
             * @example /products/:id
             */
            group: string | null;
            /** @description At most 1,000: where there were more ticks, the worst of neighbouring values. */
            points: components["schemas"]["PreviewPoint"][];
        };
        /** @description Price of a provider or a model, in USD. */
        Price: {
            /** @example replicate */
            provider: string;
            /**
             * @description `*`: every model of the provider without a price of its own.
             * @example *
             */
            model: string;
            /**
             * @description USD per second of the job’s duration.
             * @example 0.000975
             */
            usd_per_second?: number;
            /**
             * @description USD per input unit (token, image, …).
             * @example 3e-7
             */
            usd_per_input_unit?: number;
            /**
             * @description USD per output unit.
             * @example 0.0000025
             */
            usd_per_output_unit?: number;
            /**
             * @description USD per job.
             * @example 0.2
             */
            usd_per_job?: number;
            /**
             * Format: date-time
             * @description A UTC midnight: jobs from then on, until a later price of the same model.
             * @example 2026-01-01T00:00:00.000Z
             */
            valid_from: string;
        };
        /** @description Change of the price table. */
        PricingChange: {
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00.000Z
             */
            at: string;
            /**
             * @description `sub` of the token that replaced the table.
             * @example ana
             */
            by: string;
            /**
             * @example replaced
             * @enum {string}
             */
            action: "replaced";
            /** @description Prices that were in the table and are not any more, or not so. */
            before: components["schemas"]["Price"][];
            /** @description Prices that were not in the table before, or not so. */
            after: components["schemas"]["Price"][];
        };
        /** @description Page of changes of the price table, newest first. */
        PricingChangePage: {
            /** @description Newest first. */
            items: components["schemas"]["PricingChange"][];
            /** @description Where the next page starts; null on the last. */
            next_cursor: string | null;
        };
        /** @description Every error (RFC 9457). */
        Problem: {
            /**
             * Format: uri
             * @description What went wrong; stable.
             * @example urn:problem-type:invalid-input
             */
            type: string;
            /** @example The request is not valid */
            title: string;
            /** @example 400 */
            status: number;
            /** @example The request is not valid; see errors for each field. */
            detail: string;
            /** @example /api/v1/analytics/events */
            instance: string;
            /**
             * @description Under which the log tells more.
             * @example 4bf92f3577b34da6a3ce929d0e0e4736
             */
            correlation_id: string;
            /** @description Every field that is not valid. */
            errors?: components["schemas"]["FieldError"][];
        };
        /** @description Figures of a product. */
        Product: {
            /**
             * @description product_view events of the product.
             * @example 840
             */
            views: number | null;
            /**
             * @description add_to_cart events of the product.
             * @example 96
             */
            add_to_carts: number | null;
            /**
             * @description Placed orders with the product, each once.
             * @example 21
             */
            orders: number | null;
            /**
             * @description Σ quantity of its lines in placed orders.
             * @example 24
             */
            units: number | null;
            /**
             * @description Σ quantity × unit_price of its lines in placed orders.
             * @example 1920
             */
            gross_sales: number | null;
            /**
             * @description Its lines’ share of the orders’ discounts, split by gross sales and not rounded before it is added up.
             * @example 120
             */
            discounts: number | null;
            /**
             * @description gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations that list items.
             * @example 1720
             */
            net_sales: number | null;
            /**
             * @description orders / distinct sessions that viewed the product; null without views. Sessions do not depend on `currency`.
             * @example 0.05
             */
            conversion_rate: number | null;
            /**
             * @description Last stock reported before the end of the range, of the 400 days before it; null when there is none.
             * @example 36
             */
            inventory: number | null;
            /**
             * @description inventory / (units / days of the range that have passed); null without inventory or units.
             * @example 45
             */
            days_of_stock: number | null;
            /**
             * @description `__other__`: products beyond the 20,000 kept of a day.
             * @example br-hoodie-01
             */
            product_id: string;
            /**
             * @description Latest name that an order line or a stock report gave it, whenever that was.
             * @example Thorn Hoodie
             */
            name: string | null;
            /**
             * @description Latest collection that an order line, a storefront event or a stock report gave it.
             * @example black-rose
             */
            collection: string | null;
            /**
             * Format: date-time
             * @description When `inventory` was reported; may lie before the range.
             * @example 2026-11-21T06:00:00.000Z
             */
            inventory_at: string | null;
            comparison?: components["schemas"]["ProductComparison"];
        };
        /** @description Relative change of each figure of a product; null against 0 or none. */
        ProductChanges: {
            /**
             * @description (views − compared views) / |compared views|; null against 0 or none.
             * @example 0.12
             */
            views: number | null;
            /**
             * @description (add_to_carts − compared add_to_carts) / |compared add_to_carts|; null against 0 or none.
             * @example 0.12
             */
            add_to_carts: number | null;
            /**
             * @description (orders − compared orders) / |compared orders|; null against 0 or none.
             * @example 0.12
             */
            orders: number | null;
            /**
             * @description (units − compared units) / |compared units|; null against 0 or none.
             * @example 0.12
             */
            units: number | null;
            /**
             * @description (gross_sales − compared gross_sales) / |compared gross_sales|; null against 0 or none.
             * @example 0.12
             */
            gross_sales: number | null;
            /**
             * @description (discounts − compared discounts) / |compared discounts|; null against 0 or none.
             * @example 0.12
             */
            discounts: number | null;
            /**
             * @description (net_sales − compared net_sales) / |compared net_sales|; null against 0 or none.
             * @example 0.12
             */
            net_sales: number | null;
            /**
             * @description (conversion_rate − compared conversion_rate) / |compared conversion_rate|; null against 0 or none.
             * @example 0.12
             */
            conversion_rate: number | null;
            /**
             * @description (inventory − compared inventory) / |compared inventory|; null against 0 or none.
             * @example 0.12
             */
            inventory: number | null;
            /**
             * @description (days_of_stock − compared days_of_stock) / |compared days_of_stock|; null against 0 or none.
             * @example 0.12
             */
            days_of_stock: number | null;
        };
        /** @description Figures of the product in the compared period, and their change. */
        ProductComparison: {
            /**
             * @description product_view events of the product.
             * @example 840
             */
            views: number | null;
            /**
             * @description add_to_cart events of the product.
             * @example 96
             */
            add_to_carts: number | null;
            /**
             * @description Placed orders with the product, each once.
             * @example 21
             */
            orders: number | null;
            /**
             * @description Σ quantity of its lines in placed orders.
             * @example 24
             */
            units: number | null;
            /**
             * @description Σ quantity × unit_price of its lines in placed orders.
             * @example 1920
             */
            gross_sales: number | null;
            /**
             * @description Its lines’ share of the orders’ discounts, split by gross sales and not rounded before it is added up.
             * @example 120
             */
            discounts: number | null;
            /**
             * @description gross_sales − discounts − quantity × unit_price of its lines in refunds and cancellations that list items.
             * @example 1720
             */
            net_sales: number | null;
            /**
             * @description orders / distinct sessions that viewed the product; null without views. Sessions do not depend on `currency`.
             * @example 0.05
             */
            conversion_rate: number | null;
            /**
             * @description Last stock reported before the end of the range, of the 400 days before it; null when there is none.
             * @example 36
             */
            inventory: number | null;
            /**
             * @description inventory / (units / days of the range that have passed); null without inventory or units.
             * @example 45
             */
            days_of_stock: number | null;
            /** @description (now − then) / |then| of each figure; null against 0 or none. */
            change: components["schemas"]["ProductChanges"];
        };
        /**
         * @description Figure to sort products by.
         * @enum {string}
         */
        ProductFigure: "views" | "add_to_carts" | "orders" | "units" | "gross_sales" | "discounts" | "net_sales" | "conversion_rate" | "inventory" | "days_of_stock";
        /** @description Page of products. */
        Products: {
            /** @description Products with a view, a cart, an order or stock, by `sort`, largest first. */
            items: components["schemas"]["Product"][];
            /**
             * @description `cursor` of the next page, which covers the same time; null on the last page.
             * @example null
             */
            next_cursor: string | null;
            meta: components["schemas"]["Meta"];
        };
        /** @description Figures of a provider, with its models. */
        Provider: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @example tripo */
            provider: string;
            /** @description Most jobs first. */
            models: components["schemas"]["ModelFigures"][];
        };
        /** @description Figures of the jobs of a provider. */
        ProviderFigures: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /** @example tripo */
            provider: string;
        };
        /** @description Figures by provider. */
        Providers: {
            /** @description Most jobs first; HOUSE_PROVIDERS always, without jobs last. */
            providers: components["schemas"]["Provider"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Hours in which notices below critical are held back. */
        QuietHours: {
            /**
             * @description First quiet minute, HH:MM.
             * @example 22:00
             */
            start: string;
            /**
             * @description First minute that is not quiet any more, HH:MM. Before start: on the next day.
             * @example 07:00
             */
            end: string;
            /**
             * @description IANA time zone of both.
             * @example Europe/Berlin
             */
            time_zone: string;
            /**
             * @description Days on which quiet hours start; default every day.
             * @example [
             *       "mon",
             *       "tue",
             *       "wed",
             *       "thu",
             *       "fri"
             *     ]
             */
            days?: components["schemas"]["Weekday"][];
        };
        /**
         * @description Relative or calendar range.
         * @enum {string}
         */
        RangeName: "1h" | "24h" | "7d" | "30d" | "today" | "yesterday" | "this_week" | "last_week" | "this_month" | "last_month";
        /** @description Whether the process can serve requests. */
        Readiness: {
            status: components["schemas"]["ReadinessStatus"];
            /**
             * @example {
             *       "database": "up",
             *       "migrations": "up",
             *       "queue": "up"
             *     }
             */
            components: {
                [key: string]: "up" | "down";
            };
        };
        /**
         * @description Whether requests can be served.
         * @enum {string}
         */
        ReadinessStatus: "ready" | "not_ready";
        /** @description Users and teams that a rule notifies. */
        Recipients: {
            /**
             * @description User ids (`sub` of their tokens).
             * @example [
             *       "maya"
             *     ]
             */
            users?: string[];
            /**
             * @description Teams.
             * @example [
             *       "platform"
             *     ]
             */
            teams?: string[];
        };
        /** @description Rejected events to submit again. */
        Replay: {
            /** @description Dead letters to send again. */
            ids: string[];
        };
        /** @description Sales over time. */
        Sales: {
            /** @description One for every step, oldest first; gaps are filled. */
            points: components["schemas"]["SalesPoint"][];
            comparison?: components["schemas"]["SalesComparison"];
            meta: components["schemas"]["Meta"];
        };
        /**
         * @description Dimension of a breakdown.
         * @enum {string}
         */
        SalesBreakdown: "collection" | "product" | "status";
        /** @description Points of the compared period. */
        SalesComparison: {
            /** @description One for each of `points`: by position, against a year before by date (a 29 February of that year is no point). */
            points: components["schemas"]["ComparedPoint"][];
        };
        /** @description Sales of one step. */
        SalesPoint: {
            /**
             * Format: date-time
             * @description Start of the point.
             */
            t: string;
            /** @description True where the range cuts the point or it is still open. */
            partial?: boolean;
            /**
             * @description Σ (total + discount − tax − shipping) of orders placed in this point.
             * @example 1250
             */
            gross_sales: number | null;
            /**
             * @description Σ discount of orders placed in this point.
             * @example 50
             */
            discounts: number | null;
            /**
             * @description Σ (total − tax − shipping) of refunds and cancellations in this point.
             * @example 100
             */
            returns: number | null;
            /**
             * @description gross_sales − discounts − returns.
             * @example 1100
             */
            net_sales: number | null;
            /**
             * @description Orders placed in this point.
             * @example 11
             */
            orders: number | null;
            /**
             * @description Σ quantity of orders placed in this point.
             * @example 25
             */
            units: number | null;
            /**
             * @description net_sales / orders; null without orders.
             * @example 100
             */
            average_order_value: number | null;
            /** @description The parts that have any event, largest gross sales first. */
            breakdown?: components["schemas"]["Breakdown"][];
        };
        /** @description State of a section of the dashboard. */
        SectionState: {
            /**
             * @description `error`: the section is missing.
             * @example ok
             */
            status: components["schemas"]["SectionStatus"];
            /**
             * Format: date-time
             * @description When its figures were computed; `null` where there are none.
             * @example 2026-11-22T10:00:00.000Z
             */
            generated_at: string | null;
            /**
             * @description Whether they were computed for an earlier request.
             * @example true
             */
            cached: boolean;
            /**
             * @description Why it is missing.
             * @example It took longer than 4 s.
             */
            error?: string;
        };
        /** @description State of each section of the dashboard. */
        SectionStates: {
            /** @description Of `system_health`. */
            health?: components["schemas"]["SectionState"];
            /** @description Of `ml_pipelines`. */
            ml?: components["schemas"]["SectionState"];
            /** @description Of `business`. */
            business?: components["schemas"]["SectionState"];
            /** @description Of `active_alerts`. */
            alerts?: components["schemas"]["SectionState"];
        };
        /**
         * @description Whether a section could be computed.
         * @enum {string}
         */
        SectionStatus: "ok" | "error";
        /** @description Alert rule as it is sent. */
        SentRule: {
            /**
             * @description Unique.
             * @example API answers with errors
             */
            name: string;
            /** @example 5xx above 5 %. */
            description?: string | null;
            /**
             * @description A name of `/alerts/metrics`.
             * @example api.error_rate
             */
            metric: string;
            /**
             * @description Dimension of the metric → the value to look at, folded as in events (`post` is POST, `Black Rose` black-rose). Money metrics: `currency`, default BASE_CURRENCY.
             * @example {
             *       "method": "POST"
             *     }
             */
            filters?: {
                [key: string]: string;
            };
            /**
             * @description Dimension of the metric: one alert instance for each of its values, at most 1,000; events without one are `(none)`. A value seen in the last 24 hours is evaluated although it sends nothing: counts and sums are 0 then.
             * @example route
             */
            group_by?: string | null;
            /** @description `threshold_above` is >, `threshold_below` is <. */
            condition: components["schemas"]["AlertCondition"];
            /**
             * @description In the metric’s unit (a ratio is a fraction from 0 to 1). For `rate_of_change` the fraction by which the window differs from the one before, its sign being the direction (there is none from 0); for `anomaly` a robust z-score above 0, against the same local hour (STORE_TIME_ZONE) of the week in the last 8 weeks.
             * @example 0.05
             */
            threshold: number;
            /** @example critical */
            severity: components["schemas"]["Severity"];
            /**
             * @description Recovered at or beyond it; default the threshold. Never on the firing side of the threshold.
             * @example 0.03
             */
            recovery_threshold?: number | null;
            /**
             * @description The value is that of this long before the tick. `anomaly`: a multiple of 3600.
             * @default 300
             * @example 300
             */
            window_seconds: number;
            /**
             * @description How long the condition must hold to fire.
             * @default 0
             * @example 0
             */
            for_seconds: number;
            /**
             * @description After a firing notice, further ones of the same instance are muted for this long.
             * @default 300
             * @example 300
             */
            cooldown_seconds: number;
            /**
             * @description Repeats the notice while it fires unacknowledged; default never.
             * @example 3600
             */
            renotify_seconds?: number | null;
            /**
             * @description The window ends this long before the tick, for data that comes late.
             * @default 0
             * @example 0
             */
            evaluation_delay_seconds: number;
            /**
             * @description Fewer events than this behind the value are no data. Default 1; 0 for counts and sums. `rate_of_change`: of the window before.
             * @example 20
             */
            min_samples?: number;
            /**
             * @description Without data: normal, unchanged, or fire. Of a value of `group_by` that sends nothing any more it decides for 24 hours; then, and with `ok` at once, its alert resolves as `gone`.
             * @default ok
             */
            no_data: components["schemas"]["NoDataPolicy"];
            /**
             * @description While the metric cannot be read.
             * @default keep
             */
            on_error: components["schemas"]["ErrorPolicy"];
            /**
             * @description Only these channels; default those of the severity.
             * @example [
             *       "in_app",
             *       "slack"
             *     ]
             */
            channels?: components["schemas"]["Channel"][] | null;
            /** @description Only these; default everybody. */
            recipients?: components["schemas"]["Recipients"] | null;
            /**
             * @description An https address.
             * @example https://runbooks.example/api-errors
             */
            runbook_url?: string | null;
            /**
             * @description Free names and values; silences match them.
             * @example {
             *       "team": "platform"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * @description False: not evaluated.
             * @default true
             */
            enabled: boolean;
        };
        /**
         * @description Unit of a series.
         * @enum {string}
         */
        SeriesUnit: "count" | "ratio" | "ms";
        /**
         * @description Severity of an alert.
         * @enum {string}
         */
        Severity: "info" | "warning" | "critical";
        /** @description Time in which matching alerts are recorded without notices. */
        Silence: {
            /**
             * Format: uuid
             * @description Of this silence.
             * @example 3f9a1c7e-2b4d-4e8f-a6c5-9d0b1e2f3a4b
             */
            id: string;
            /** @description All hold. */
            matchers: components["schemas"]["SilenceMatchers"];
            /**
             * Format: date-time
             * @description From here on.
             * @example 2099-11-22T22:00:00.000Z
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description No more from here on.
             * @example 2099-11-23T00:00:00.000Z
             */
            ends_at: string;
            /**
             * @description Why.
             * @example Planned maintenance of the database.
             */
            reason: string;
            /**
             * @description Current state of the silence.
             * @example pending
             */
            state: components["schemas"]["SilenceState"];
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-22T10:00:00.000Z
             */
            created_at: string;
            /**
             * @description `sub` of the token that made it.
             * @example maya
             */
            created_by: string;
            /**
             * Format: date-time
             * @description When it was ended before `ends_at`; null: it was not.
             * @example null
             */
            ended_at: string | null;
            /**
             * @description `sub` of the token that ended it.
             * @example null
             */
            ended_by: string | null;
        };
        /** @description Alerts that a silence applies to; all matchers must hold. */
        SilenceMatchers: {
            /**
             * Format: uuid
             * @description Alerts of this config.
             * @example 7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44
             */
            config_id?: string | null;
            /**
             * @description Alerts of this severity.
             * @example warning
             */
            severity?: components["schemas"]["Severity"] | null;
            /**
             * @description Alerts on this metric.
             * @example api.error_rate
             */
            metric?: string | null;
            /**
             * @description Alerts of this group; `(none)` is that of events without the dimension.
             * @example /checkout
             */
            group?: string | null;
            /**
             * @description Alerts of configs that have all of these labels.
             * @example {
             *       "team": "platform"
             *     }
             */
            labels?: {
                [key: string]: string;
            } | null;
        };
        /** @description Page of silences, newest first. */
        SilencePage: {
            /** @description Newest first. */
            items: components["schemas"]["Silence"][];
            /**
             * @description Null: this is the last page.
             * @example null
             */
            next_cursor: string | null;
        };
        /**
         * @description State of a silence.
         * @enum {string}
         */
        SilenceState: "pending" | "active" | "expired";
        /**
         * @description Reason why an alert was not changed.
         * @enum {string}
         */
        SkipReason: "not_found" | "acknowledged" | "resolved";
        /** @description Alert that was not changed, and why. */
        SkippedAlert: {
            /**
             * Format: uuid
             * @description As it was sent.
             * @example 0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21
             */
            id: string;
            /**
             * @description It is so already, or there is none.
             * @example not_found
             */
            reason: components["schemas"]["SkipReason"];
        };
        /** @description Delivery times of notices against their objectives. */
        Slo: {
            /** @description Critical and warning; info has no target. */
            objectives: components["schemas"]["Objective"][];
            /** @description What was counted. */
            meta: components["schemas"]["SloMeta"];
        };
        /** @description Time that the delivery statistics cover. */
        SloMeta: {
            /**
             * Format: date-time
             * @description Start.
             * @example 2026-11-21T10:00:00.000Z
             */
            from: string;
            /**
             * Format: date-time
             * @description End.
             * @example 2026-11-22T10:00:00.000Z
             */
            to: string;
            /**
             * @description As asked for.
             * @example 24h
             */
            range: components["schemas"]["SloRange"];
            /**
             * @description Counted from the deliveries themselves.
             * @enum {string}
             */
            source: "raw";
            /**
             * Format: date-time
             * @description When it was counted.
             * @example 2026-11-22T10:00:00.000Z
             */
            generated_at: string;
            /**
             * @description Never true: every delivery recorded by then is counted.
             * @example false
             */
            stale: boolean;
        };
        /**
         * @description Time that delivery statistics cover.
         * @enum {string}
         */
        SloRange: "1h" | "24h" | "7d" | "30d";
        /** @description Figures of the jobs of a stage. */
        StageFigures: {
            /**
             * @description Finished jobs.
             * @example 450
             */
            jobs: number;
            /** @example 430 */
            succeeded: number;
            /** @example 15 */
            failed: number;
            /** @example 5 */
            cancelled: number;
            /**
             * @description succeeded / (succeeded + failed).
             * @example 0.966
             */
            success_rate: number | null;
            duration_ms: components["schemas"]["Duration"];
            cost_usd: components["schemas"]["Cost"];
            /**
             * @description Total cost, failed jobs included, / succeeded.
             * @example 0.095977
             */
            cost_per_successful_job_usd: number | null;
            /**
             * @description Cost of failed and cancelled jobs; null when none of them is known.
             * @example 1.92
             */
            wasted_cost_usd: number | null;
            /**
             * @description null: jobs that named none.
             * @example ingestion
             */
            stage: string | null;
        };
        /** @description Statement of the database, with its latency. */
        Statement: {
            /**
             * @description `queryid` of pg_stat_statements.
             * @example -5210358238105342423
             */
            query_id: string;
            /**
             * @description What it begins with.
             * @example SELECT
             */
            kind: string;
            /** @example 8123 */
            calls: number;
            /** @example 1.42 */
            mean_ms: number;
            /** @example 11534.7 */
            total_ms: number;
        };
        /**
         * @description Width of a point.
         * @enum {string}
         */
        Step: "1m" | "5m" | "15m" | "1h" | "1d" | "1w";
        /** @description A transition of an alert. Written by the alert engine; rejected from outside. */
        StoredAlertEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "alert";
            /**
             * Format: uuid
             * @description Episode.
             */
            alert_id: string;
            /**
             * Format: uuid
             * @description Rule.
             */
            config_id: string;
            /** @description How bad. */
            severity: components["schemas"]["Severity"];
            /** @description State it went to. */
            state: string;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description A request that a service answered. */
        StoredApiRequestEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "api_request";
            /** @description HTTP method; kept in capitals. */
            method: string;
            /** @description Route template, e.g. `/products/:id`; never the path itself, which has no bounded number of values. */
            route: string;
            /** @description HTTP status. */
            status_code: number;
            /** @description Time to answer, in milliseconds. */
            duration_ms: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Service that answered. */
            service?: string;
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description An error that a service or page reports. */
        StoredErrorEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "error";
            /** @description Class of error. */
            name: string;
            /** @description What it said; may be empty. */
            message: string;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Where it happened. */
            service?: string;
            /** @description How bad. */
            severity?: string;
            /** @description Groups errors of one cause. */
            fingerprint?: string;
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description An event as it was sent, completed, and when it arrived. */
        StoredEvent: components["schemas"]["StoredApiRequestEvent"] | components["schemas"]["StoredMlJobEvent"] | components["schemas"]["StoredOrderEvent"] | components["schemas"]["StoredStorefrontEvent"] | components["schemas"]["StoredInventoryEvent"] | components["schemas"]["StoredErrorEvent"] | components["schemas"]["StoredAlertEvent"];
        /** @description The stock of a product, as it stands. */
        StoredInventoryEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "inventory";
            /** @description Product. */
            product_id: string;
            /** @description In stock; below 0 where more was sold than there is. Kept to 6 decimals; further digits are rounded, half to even. */
            quantity: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Its collection; folded to a slug. */
            collection?: string;
            /** @description Name of the product. */
            name?: string;
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description A finished job of an AI pipeline. */
        StoredMlJobEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "ml_job";
            /** @description Pipeline. */
            pipeline: components["schemas"]["PipelineName"];
            /** @description Who ran it, e.g. `replicate`, `tripo`, `huggingface`, `gemini`. */
            provider: string;
            /** @description How it ended. */
            status: components["schemas"]["JobStatus"];
            /** @description Run time, in milliseconds. */
            duration_ms: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Model. */
            model?: string;
            /** @description Stage of the assets pipeline. */
            stage?: components["schemas"]["AssetStage"];
            /** @description Why it failed. */
            error_code?: string;
            /** @description The provider's own id of the job. */
            job_id?: string;
            /** @description What the provider charged, in USD; beats any estimate. Kept to 12 decimals; further digits are rounded, half to even. */
            cost_usd?: number;
            /** @description Units taken in (tokens, images, …). */
            input_units?: number;
            /** @description Units put out. */
            output_units?: number;
            /** @description Attempts after the first. */
            retries?: number;
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description A step in the life of an order. Sales count at `placed`, returns at `refunded` and `cancelled`. */
        StoredOrderEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "order";
            /** @description Step. */
            status: components["schemas"]["OrderStatus"];
            /** @description Order number. */
            order_id: string;
            /** @description ISO 4217 code of a currency in use that has a minor unit. */
            currency: components["schemas"]["Currency"];
            /** @description Charged; for refunded and cancelled what this event gives back, as a positive amount. Kept to 6 decimals; further digits are rounded, half to even. */
            total: number;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Visit it belongs to. */
            session_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Given on the order; not part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            discount?: number;
            /** @description Part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            tax?: number;
            /** @description Part of `total`. Default 0. Kept to 6 decimals; further digits are rounded, half to even. */
            shipping?: number;
            /** @description Customer. */
            customer_id?: string;
            /** @description A test order: kept, never counted. */
            test?: boolean;
            /** @description Lines. */
            items?: {
                /** @description Product sold. */
                product_id: string;
                /** @description Sold, or for a refund given back. Kept to 6 decimals; further digits are rounded, half to even. */
                quantity: number;
                /** @description Price of one, in the order's currency, before discount. Kept to 6 decimals; further digits are rounded, half to even. */
                unit_price: number;
                /** @description Name of the product. */
                name?: string;
                /** @description Its collection; folded to a slug. */
                collection?: string;
                /** @description Given on this line, in the order's currency. Where no line of the order names one, the order's `discount` is split over the lines by quantity × unit_price. Kept to 6 decimals; further digits are rounded, half to even. */
                discount?: number;
            }[];
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description A step of a visitor's session. */
        StoredStorefrontEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "storefront";
            /** @description Step. `purchase`: the session bought, whichever system reports the order. */
            name: components["schemas"]["StorefrontStep"];
            /** @description Visit it belongs to. */
            session_id: string;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Product seen or put into the cart. */
            product_id?: string;
            /** @description Its collection; folded to a slug. */
            collection?: string;
            /** @description Page. */
            page?: string;
            /**
             * Format: date-time
             * @description When the service received it.
             */
            received_at?: string;
        };
        /** @description A step of a visitor's session. */
        StorefrontEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event_type: "storefront";
            /** @description Step. `purchase`: the session bought, whichever system reports the order. */
            name: components["schemas"]["StorefrontStep"];
            /** @description Visit it belongs to. */
            session_id: string;
            /**
             * Format: uuid
             * @description With `occurred_at` the idempotency key: a repeat of both is a duplicate and changes nothing. Left out: the server makes one.
             */
            event_id?: string;
            /**
             * Format: date-time
             * @description ISO 8601 with offset, kept to the microsecond (further digits are cut). Required with `event_id`, unless that is a UUIDv7, whose time is then taken. Default now; at most 5 minutes in the future.
             */
            occurred_at?: string;
            /** @description Default: the request's own. */
            correlation_id?: string;
            /** @description Who caused it. */
            user_id?: string;
            /** @description Which service sent it. */
            source?: string;
            /** @description Free JSON object, at most 8192 bytes serialised and 32 levels deep. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description Product seen or put into the cart. */
            product_id?: string;
            /** @description Its collection; folded to a slug. */
            collection?: string;
            /** @description Page. */
            page?: string;
        };
        /**
         * @description Step of a session in the shop.
         * @enum {string}
         */
        StorefrontStep: "page_view" | "product_view" | "add_to_cart" | "checkout_started" | "purchase";
        /** @description Table of the database, with its size. */
        Table: {
            /**
             * @description A partitioned table is one; its schema is named unless it is `public`.
             * @example analytics_events
             */
            name: string;
            /**
             * @description With indexes and TOAST.
             * @example 734003200
             */
            bytes: number;
            /**
             * @description As the planner knows it; null before the first ANALYZE.
             * @example 1200000
             */
            rows_estimate: number | null;
        };
        /** @description Delivery of a test notification. */
        TestDelivery: {
            /**
             * @description How it goes.
             * @example email
             */
            channel: components["schemas"]["Channel"];
            /**
             * @description Masked address.
             * @example m***@shop.example
             */
            target: string;
            /**
             * @description Whether it is sent.
             * @example pending
             */
            status: components["schemas"]["TestDeliveryStatus"];
            /**
             * @description Why it was skipped.
             * @example not configured
             */
            reason?: string;
        };
        /**
         * @description Whether a test notification is sent.
         * @enum {string}
         */
        TestDeliveryStatus: "pending" | "skipped";
        /** @description Deliveries of a test notification. */
        TestReport: {
            /** @description Where the test goes. */
            notifications: components["schemas"]["TestDelivery"][];
        };
        /** @description Transition of an alert. */
        TimelineEntry: {
            /**
             * Format: date-time
             * @description When it became so.
             * @example 2026-11-22T10:02:00.000Z
             */
            at: string;
            /**
             * @description `pending`, `firing`, `recovering`, `acknowledged`, `resolved`, `notified` (late, after a cooldown or silence) or `reminded`.
             * @example firing
             */
            state: string;
            /**
             * @description Of the metric; null without data.
             * @example 0.21
             */
            value: number | null;
            /**
             * @description Why, where it was not the value.
             * @example null
             */
            reason: string | null;
            /**
             * @description Who did it; null: the service.
             * @example null
             */
            by: string | null;
            /**
             * @description What they said of it.
             * @example null
             */
            note: string | null;
        };
        /** @description Series of health metrics. */
        Timeseries: {
            series: components["schemas"]["HealthSeries"][];
            meta: components["schemas"]["Meta"];
        };
        /** @description Best-selling product of a collection. */
        TopProduct: {
            /** @example br-hoodie-01 */
            product_id: string;
            /**
             * @description Latest known name.
             * @example Thorn Hoodie
             */
            name: string | null;
            /**
             * @description Gross sales of its lines in this collection.
             * @example 320
             */
            gross_sales: number | null;
            /**
             * @description Net sales of its lines in this collection.
             * @example 308
             */
            net_sales: number | null;
            /**
             * @description Placed orders with such a line.
             * @example 4
             */
            orders: number | null;
            /**
             * @description Units of such lines.
             * @example 5
             */
            units: number | null;
        };
        /** @description Number of unread inbox messages. */
        UnreadCount: {
            /**
             * @description Messages that you have not read.
             * @example 3
             */
            count: number;
        };
        /**
         * @description Day of the week.
         * @enum {string}
         */
        Weekday: "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    Probes_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the process is alive. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "alive"
                     *     }
                     */
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Probes_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the process can serve requests. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "components": {
                     *         "database": "up",
                     *         "migrations": "up",
                     *         "queue": "up"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Events_browse: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description Only events of this type. */
                event_type?: components["schemas"]["EventType"];
                /** @description Only ML jobs of this provider. */
                provider?: string;
                /** @description Only events with this correlation id. */
                correlation_id?: string;
                /** @description From this instant on. Default: as far back as events are kept. */
                from?: string;
                /** @description Before this instant. Default: no end. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored events, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "event_id": "0199c1d2-7a3e-7c41-9f6a-3f0d5f1f8f10",
                     *           "occurred_at": "2026-11-22T10:00:00.000Z",
                     *           "received_at": "2026-11-22T10:00:00.412Z",
                     *           "event_type": "ml_job",
                     *           "correlation_id": "checkout-7f3a",
                     *           "pipeline": "3d",
                     *           "provider": "tripo",
                     *           "status": "succeeded",
                     *           "duration_ms": 41250.5,
                     *           "cost_usd": 0.2
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Events_submit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventSubmission"];
            };
        };
        responses: {
            /** @description Verdict on each event of a batch. */
            202: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": 2,
                     *       "duplicates": 0,
                     *       "rejected": []
                     *     }
                     */
                    "application/json": components["schemas"]["EventVerdicts"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 10,485,760 bytes after decompression, 1,000,000 keys (20,000 in one object) and 1,000,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing could be accepted. */
            422: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": 0,
                     *       "duplicates": 0,
                     *       "rejected": [
                     *         {
                     *           "index": 0,
                     *           "errors": [
                     *             {
                     *               "path": "events[0].duration_ms",
                     *               "message": "must be at least 0"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["EventVerdicts"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Events_listRejected: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of rejected events, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "5f0c2a9e-3b57-4d6c-8a5e-2f1f0b7c9d11",
                     *           "received_at": "2026-11-22T10:00:00.000Z",
                     *           "index": 3,
                     *           "event_id": null,
                     *           "event_type": "api_request",
                     *           "errors": [
                     *             {
                     *               "path": "duration_ms",
                     *               "message": "must be at least 0"
                     *             }
                     *           ],
                     *           "body": "{\"event_type\":\"api_request\",\"method\":\"GET\",\"route\":\"/\",\"status_code\":200,\"duration_ms\":-1}",
                     *           "body_truncated": false,
                     *           "correlation_id": "checkout-7f3a",
                     *           "submitted_by": "storefront"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Events_replay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replay"];
            };
        };
        responses: {
            /** @description Verdict on each event of a batch. */
            202: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": 1,
                     *       "duplicates": 0,
                     *       "rejected": []
                     *     }
                     */
                    "application/json": components["schemas"]["EventVerdicts"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing could be accepted. */
            422: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": 0,
                     *       "duplicates": 0,
                     *       "rejected": [
                     *         {
                     *           "index": 0,
                     *           "errors": [
                     *             {
                     *               "path": "events[0].duration_ms",
                     *               "message": "must be at least 0"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["EventVerdicts"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Business_overview: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed. */
                currency?: string;
                /** @description Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line. */
                collection?: string;
                /** @description Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part. */
                compare?: components["schemas"]["ComparisonKind"];
                /** @description IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as long as days where STORE_TIME_ZONE is such a zone. */
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Business figures of a range. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "gross_sales": 1250,
                     *       "discounts": 50,
                     *       "returns": 100,
                     *       "net_sales": 1100,
                     *       "total_sales": 1190,
                     *       "orders": 11,
                     *       "units": 25,
                     *       "average_order_value": 100,
                     *       "order_value": {
                     *         "min": 12.5,
                     *         "max": 480,
                     *         "p50": 86,
                     *         "p95": 310
                     *       },
                     *       "customers": {
                     *         "new": 7,
                     *         "returning": 3,
                     *         "repeat_rate": 0.3
                     *       },
                     *       "conversion_rate": 0.025,
                     *       "sessions": 440,
                     *       "other_currencies": [
                     *         {
                     *           "currency": "EUR",
                     *           "orders": 3,
                     *           "gross_sales": 320,
                     *           "net_sales": 320
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-20T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01,
                     *         "distinct_error": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Business_sales: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed. */
                currency?: string;
                /** @description Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line. */
                collection?: string;
                /** @description Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part. */
                compare?: components["schemas"]["ComparisonKind"];
                /** @description IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as long as days where STORE_TIME_ZONE is such a zone. */
                time_zone?: string;
                /** @description Adds to each point its parts by this dimension. */
                breakdown?: components["schemas"]["SalesBreakdown"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sales over time. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "points": [
                     *         {
                     *           "t": "2026-11-20T00:00:00.000Z",
                     *           "gross_sales": 830,
                     *           "discounts": 30,
                     *           "returns": 0,
                     *           "net_sales": 800,
                     *           "orders": 7,
                     *           "units": 16,
                     *           "average_order_value": 114.29,
                     *           "breakdown": [
                     *             {
                     *               "key": "black-rose",
                     *               "gross_sales": 510,
                     *               "net_sales": 492,
                     *               "orders": 5,
                     *               "units": 9
                     *             },
                     *             {
                     *               "key": "love-hurts",
                     *               "gross_sales": 320,
                     *               "net_sales": 308,
                     *               "orders": 3,
                     *               "units": 7
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "t": "2026-11-21T00:00:00.000Z",
                     *           "gross_sales": 420,
                     *           "discounts": 20,
                     *           "returns": 100,
                     *           "net_sales": 300,
                     *           "orders": 4,
                     *           "units": 9,
                     *           "average_order_value": 75,
                     *           "breakdown": [
                     *             {
                     *               "key": "signature",
                     *               "gross_sales": 420,
                     *               "net_sales": 300,
                     *               "orders": 4,
                     *               "units": 9
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-20T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "step_seconds": 86400
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Sales"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Business_products: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed. */
                currency?: string;
                /** @description Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line. */
                collection?: string;
                /** @description Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part. */
                compare?: components["schemas"]["ComparisonKind"];
                /** @description IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as long as days where STORE_TIME_ZONE is such a zone. */
                time_zone?: string;
                /** @description Figure to sort by, largest first; products without it come last, ties by product_id. */
                sort?: components["schemas"]["ProductFigure"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of products. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "product_id": "br-hoodie-01",
                     *           "name": "Thorn Hoodie",
                     *           "collection": "black-rose",
                     *           "views": 840,
                     *           "add_to_carts": 96,
                     *           "orders": 21,
                     *           "units": 24,
                     *           "gross_sales": 1920,
                     *           "discounts": 120,
                     *           "net_sales": 1720,
                     *           "conversion_rate": 0.05,
                     *           "inventory": 36,
                     *           "days_of_stock": 3,
                     *           "inventory_at": "2026-11-21T06:00:00.000Z"
                     *         },
                     *         {
                     *           "product_id": "sg-scarf-03",
                     *           "name": null,
                     *           "collection": "signature",
                     *           "views": 12,
                     *           "add_to_carts": 0,
                     *           "orders": 0,
                     *           "units": 0,
                     *           "gross_sales": 0,
                     *           "discounts": 0,
                     *           "net_sales": 0,
                     *           "conversion_rate": 0,
                     *           "inventory": null,
                     *           "days_of_stock": null,
                     *           "inventory_at": null
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "meta": {
                     *         "from": "2026-11-20T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "distinct_error": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Products"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Business_collections: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed. */
                currency?: string;
                /** @description Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line. */
                collection?: string;
                /** @description Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part. */
                compare?: components["schemas"]["ComparisonKind"];
                /** @description IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as long as days where STORE_TIME_ZONE is such a zone. */
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Collections with their sales, share and conversion. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "collections": [
                     *         {
                     *           "collection": "black-rose",
                     *           "gross_sales": 510,
                     *           "discounts": 18,
                     *           "net_sales": 492,
                     *           "orders": 5,
                     *           "units": 9,
                     *           "views": 310,
                     *           "add_to_carts": 42,
                     *           "conversion_rate": 0.04,
                     *           "share_of_sales": 0.6,
                     *           "top_products": [
                     *             {
                     *               "product_id": "br-hoodie-01",
                     *               "name": "Thorn Hoodie",
                     *               "gross_sales": 320,
                     *               "net_sales": 308,
                     *               "orders": 4,
                     *               "units": 5
                     *             },
                     *             {
                     *               "product_id": "br-tee-02",
                     *               "name": "Thorn Tee",
                     *               "gross_sales": 190,
                     *               "net_sales": 184,
                     *               "orders": 3,
                     *               "units": 4
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "collection": null,
                     *           "gross_sales": 328,
                     *           "discounts": 0,
                     *           "net_sales": 328,
                     *           "orders": 2,
                     *           "units": 2,
                     *           "views": 0,
                     *           "add_to_carts": 0,
                     *           "conversion_rate": 0.01,
                     *           "share_of_sales": 0.4,
                     *           "top_products": [
                     *             {
                     *               "product_id": "gift-card",
                     *               "name": "Gift Card",
                     *               "gross_sales": 328,
                     *               "net_sales": 328,
                     *               "orders": 2,
                     *               "units": 2
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-20T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "distinct_error": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Collections"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Business_funnel: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description ISO 4217; default BASE_CURRENCY. Sums are per currency, never mixed. */
                currency?: string;
                /** @description Only the lines of this collection (name or slug): sums are of its lines, orders are those with such a line. */
                collection?: string;
                /** @description Also answer the period before (of a calendar range the one before it, of whole local days as many days, else as long a time), or the same a calendar year earlier (29 February → 28); a running period with its elapsed part. */
                compare?: components["schemas"]["ComparisonKind"];
                /** @description IANA zone in which days and weeks are cut; default STORE_TIME_ZONE. One that is not whole hours from UTC is exact as far back as minutes are kept (400 before that): of business figures for two days and while raw events are there, but as long as days where STORE_TIME_ZONE is such a zone. */
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Steps from visit to order. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "steps": [
                     *         {
                     *           "step": "traffic",
                     *           "sessions": 440,
                     *           "rate_from_previous": null,
                     *           "rate_from_start": 1
                     *         },
                     *         {
                     *           "step": "cart",
                     *           "sessions": 110,
                     *           "rate_from_previous": 0.25,
                     *           "rate_from_start": 0.25
                     *         },
                     *         {
                     *           "step": "checkout",
                     *           "sessions": 44,
                     *           "rate_from_previous": 0.4,
                     *           "rate_from_start": 0.1
                     *         },
                     *         {
                     *           "step": "complete",
                     *           "sessions": 11,
                     *           "rate_from_previous": 0.25,
                     *           "rate_from_start": 0.025
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-20T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "distinct_error": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Funnel"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MlAnalytics_overview: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description Only these providers; may be given several times. */
                provider?: string[];
                /** @description Only this pipeline. */
                pipeline?: components["schemas"]["PipelineName"];
                /** @description Only this model. */
                model?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of all AI pipelines, by pipeline and over time. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jobs": 450,
                     *       "succeeded": 430,
                     *       "failed": 15,
                     *       "cancelled": 5,
                     *       "success_rate": 0.9662921348314607,
                     *       "duration_ms": {
                     *         "avg": 9120.4,
                     *         "p50": 7675.04,
                     *         "p95": 19027.48,
                     *         "p99": 24310
                     *       },
                     *       "cost_usd": {
                     *         "reported": 41.27,
                     *         "estimated": 3.5,
                     *         "total": 44.77,
                     *         "jobs_without_cost": 12
                     *       },
                     *       "cost_per_successful_job_usd": 0.104116,
                     *       "wasted_cost_usd": 1.92,
                     *       "by_pipeline": [
                     *         {
                     *           "pipeline": "3d",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "series": [
                     *         {
                     *           "t": "2026-11-21T00:00:00.000Z",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_p95_ms": 19027.48,
                     *           "cost_usd": 44.77
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "step_seconds": 86400,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["MlOverview"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MlAnalytics_threeD: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description Only these providers; may be given several times. */
                provider?: string[];
                /** @description Only this pipeline. */
                pipeline?: components["schemas"]["PipelineName"];
                /** @description Only this model. */
                model?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of an AI pipeline, by provider, model and error. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jobs": 450,
                     *       "succeeded": 430,
                     *       "failed": 15,
                     *       "cancelled": 5,
                     *       "success_rate": 0.9662921348314607,
                     *       "duration_ms": {
                     *         "avg": 9120.4,
                     *         "p50": 7675.04,
                     *         "p95": 19027.48,
                     *         "p99": 24310
                     *       },
                     *       "cost_usd": {
                     *         "reported": 41.27,
                     *         "estimated": 3.5,
                     *         "total": 44.77,
                     *         "jobs_without_cost": 12
                     *       },
                     *       "cost_per_successful_job_usd": 0.104116,
                     *       "wasted_cost_usd": 1.92,
                     *       "by_provider": [
                     *         {
                     *           "provider": "tripo",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "by_model": [
                     *         {
                     *           "model": "text-to-model",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "error_code": "timeout",
                     *           "count": 9
                     *         },
                     *         {
                     *           "error_code": null,
                     *           "count": 6
                     *         }
                     *       ],
                     *       "series": [
                     *         {
                     *           "t": "2026-11-21T00:00:00.000Z",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_p95_ms": 19027.48,
                     *           "cost_usd": 44.77
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "step_seconds": 86400,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MlAnalytics_descriptions: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description Only these providers; may be given several times. */
                provider?: string[];
                /** @description Only this pipeline. */
                pipeline?: components["schemas"]["PipelineName"];
                /** @description Only this model. */
                model?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of an AI pipeline, by provider, model and error. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jobs": 450,
                     *       "succeeded": 430,
                     *       "failed": 15,
                     *       "cancelled": 5,
                     *       "success_rate": 0.9662921348314607,
                     *       "duration_ms": {
                     *         "avg": 9120.4,
                     *         "p50": 7675.04,
                     *         "p95": 19027.48,
                     *         "p99": 24310
                     *       },
                     *       "cost_usd": {
                     *         "reported": 41.27,
                     *         "estimated": 3.5,
                     *         "total": 44.77,
                     *         "jobs_without_cost": 12
                     *       },
                     *       "cost_per_successful_job_usd": 0.104116,
                     *       "wasted_cost_usd": 1.92,
                     *       "by_provider": [
                     *         {
                     *           "provider": "tripo",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "by_model": [
                     *         {
                     *           "model": "text-to-model",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "error_code": "timeout",
                     *           "count": 9
                     *         },
                     *         {
                     *           "error_code": null,
                     *           "count": 6
                     *         }
                     *       ],
                     *       "series": [
                     *         {
                     *           "t": "2026-11-21T00:00:00.000Z",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_p95_ms": 19027.48,
                     *           "cost_usd": 44.77
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "step_seconds": 86400,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MlAnalytics_assets: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description Only these providers; may be given several times. */
                provider?: string[];
                /** @description Only this pipeline. */
                pipeline?: components["schemas"]["PipelineName"];
                /** @description Only this model. */
                model?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of the assets pipeline, with its stages. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jobs": 450,
                     *       "succeeded": 430,
                     *       "failed": 15,
                     *       "cancelled": 5,
                     *       "success_rate": 0.9662921348314607,
                     *       "duration_ms": {
                     *         "avg": 9120.4,
                     *         "p50": 7675.04,
                     *         "p95": 19027.48,
                     *         "p99": 24310
                     *       },
                     *       "cost_usd": {
                     *         "reported": 41.27,
                     *         "estimated": 3.5,
                     *         "total": 44.77,
                     *         "jobs_without_cost": 12
                     *       },
                     *       "cost_per_successful_job_usd": 0.104116,
                     *       "wasted_cost_usd": 1.92,
                     *       "by_provider": [
                     *         {
                     *           "provider": "tripo",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "by_model": [
                     *         {
                     *           "model": "text-to-model",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "error_code": "timeout",
                     *           "count": 9
                     *         },
                     *         {
                     *           "error_code": null,
                     *           "count": 6
                     *         }
                     *       ],
                     *       "series": [
                     *         {
                     *           "t": "2026-11-21T00:00:00.000Z",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_p95_ms": 19027.48,
                     *           "cost_usd": 44.77
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "step_seconds": 86400,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       },
                     *       "by_stage": [
                     *         {
                     *           "stage": "ingestion",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92
                     *         }
                     *       ],
                     *       "funnel": [
                     *         {
                     *           "stage": "ingestion",
                     *           "succeeded": 430,
                     *           "rate_from_previous": null
                     *         },
                     *         {
                     *           "stage": "versioning",
                     *           "succeeded": 387,
                     *           "rate_from_previous": 0.9
                     *         },
                     *         {
                     *           "stage": "approval",
                     *           "succeeded": 0,
                     *           "rate_from_previous": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Assets"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MlAnalytics_providers: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Only these providers; may be given several times. */
                provider?: string[];
                /** @description Only this pipeline. */
                pipeline?: components["schemas"]["PipelineName"];
                /** @description Only this model. */
                model?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures by provider. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "providers": [
                     *         {
                     *           "provider": "tripo",
                     *           "jobs": 450,
                     *           "succeeded": 430,
                     *           "failed": 15,
                     *           "cancelled": 5,
                     *           "success_rate": 0.9662921348314607,
                     *           "duration_ms": {
                     *             "avg": 9120.4,
                     *             "p50": 7675.04,
                     *             "p95": 19027.48,
                     *             "p99": 24310
                     *           },
                     *           "cost_usd": {
                     *             "reported": 41.27,
                     *             "estimated": 3.5,
                     *             "total": 44.77,
                     *             "jobs_without_cost": 12
                     *           },
                     *           "cost_per_successful_job_usd": 0.104116,
                     *           "wasted_cost_usd": 1.92,
                     *           "models": [
                     *             {
                     *               "model": "text-to-model",
                     *               "jobs": 450,
                     *               "succeeded": 430,
                     *               "failed": 15,
                     *               "cancelled": 5,
                     *               "success_rate": 0.9662921348314607,
                     *               "duration_ms": {
                     *                 "avg": 9120.4,
                     *                 "p50": 7675.04,
                     *                 "p95": 19027.48,
                     *                 "p99": 24310
                     *               },
                     *               "cost_usd": {
                     *                 "reported": 41.27,
                     *                 "estimated": 3.5,
                     *                 "total": 44.77,
                     *                 "jobs_without_cost": 12
                     *               },
                     *               "cost_per_successful_job_usd": 0.104116,
                     *               "wasted_cost_usd": 1.92
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T00:00:00.000Z",
                     *         "to": "2026-11-22T00:00:00.000Z",
                     *         "range": null,
                     *         "source": "rollup",
                     *         "generated_at": "2026-11-22T09:30:00.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Providers"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Pricing_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Price of a provider or a model, in USD. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "provider": "replicate",
                     *         "model": "*",
                     *         "usd_per_second": 0.000975,
                     *         "valid_from": "2024-01-01T00:00:00.000Z"
                     *       },
                     *       {
                     *         "provider": "gemini",
                     *         "model": "gemini-2.5-flash",
                     *         "usd_per_input_unit": 3e-7,
                     *         "usd_per_output_unit": 0.0000025,
                     *         "valid_from": "2024-01-01T00:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Price"][];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Pricing_replace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Price"][];
            };
        };
        responses: {
            /** @description Price of a provider or a model, in USD. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "provider": "replicate",
                     *         "model": "*",
                     *         "usd_per_second": 0.000975,
                     *         "valid_from": "2024-01-01T00:00:00.000Z"
                     *       },
                     *       {
                     *         "provider": "gemini",
                     *         "model": "gemini-2.5-flash",
                     *         "usd_per_input_unit": 3e-7,
                     *         "usd_per_output_unit": 0.0000025,
                     *         "valid_from": "2024-01-01T00:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Price"][];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 50,000 keys (1,000 in one object) and 5,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Pricing_changes: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of changes of the price table, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "at": "2026-11-22T10:00:00.000Z",
                     *           "by": "ana",
                     *           "action": "replaced",
                     *           "before": [
                     *             {
                     *               "provider": "replicate",
                     *               "model": "*",
                     *               "usd_per_second": 0.000975,
                     *               "valid_from": "2024-01-01T00:00:00.000Z"
                     *             }
                     *           ],
                     *           "after": [
                     *             {
                     *               "provider": "replicate",
                     *               "model": "*",
                     *               "usd_per_second": 0.0011,
                     *               "valid_from": "2024-01-01T00:00:00.000Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["PricingChangePage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Health_overview: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range in STORE_TIME_ZONE; from stored events. Without range and from: the live window of 5 minutes. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description State of the platform at a glance. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "healthy",
                     *       "uptime_seconds": 86400.25,
                     *       "availability": 0.9996,
                     *       "availability_coverage": 0.98,
                     *       "requests_per_second": 12.4,
                     *       "error_rate": 0.0004,
                     *       "client_error_rate": 0.021,
                     *       "latency_ms": {
                     *         "p50": 41.2,
                     *         "p95": 212.5,
                     *         "p99": 640
                     *       },
                     *       "components": {
                     *         "api": {
                     *           "status": "healthy",
                     *           "detail": "3720 requests in the live window: 0.04 % answered 5xx (limits 1 % and 50 %), p95 213 ms (limit 2000 ms)."
                     *         },
                     *         "database": {
                     *           "status": "healthy",
                     *           "detail": "It answered in 2 ms (limit 200 ms); 10 % of the read pool is in use (limit 90 %), 0 waiting."
                     *         },
                     *         "queue": {
                     *           "status": "healthy",
                     *           "detail": "It answered in 3 ms (limit 200 ms); most jobs wait in rollups: 1 (limit 1000); 0 failed within 7 days."
                     *         },
                     *         "cache": {
                     *           "status": "healthy",
                     *           "detail": "Redis answered in 1 ms (limit 200 ms)."
                     *         },
                     *         "prometheus": {
                     *           "status": "healthy",
                     *           "detail": "http://shop:9464/metrics answered 4.2 s ago."
                     *         },
                     *         "alerts": {
                     *           "status": "healthy",
                     *           "detail": "None late or failed in 10 min; the last one was due at 2026-11-22T10:00:00Z."
                     *         },
                     *         "notifications": {
                     *           "status": "off",
                     *           "detail": "Email, Slack and SMS are not configured."
                     *         }
                     *       },
                     *       "meta": {
                     *         "from": "2026-11-22T09:55:10.000Z",
                     *         "to": "2026-11-22T10:00:10.000Z",
                     *         "range": null,
                     *         "source": "prometheus",
                     *         "generated_at": "2026-11-22T10:00:14.210Z",
                     *         "stale": false,
                     *         "percentile_error": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["HealthOverview"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Health_endpoints: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range in STORE_TIME_ZONE; from stored events. Without range and from: the live window of 5 minutes. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Only requests to this service. */
                service?: string;
                /** @description Only this route template. */
                route?: string;
                /** @description Only this HTTP method; put in capitals, as those of events are. */
                method?: string;
                /** @description Highest first; unknown last. */
                sort?: components["schemas"]["EndpointSort"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures by route. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "endpoints": [
                     *         {
                     *           "service": "shop-api",
                     *           "method": "GET",
                     *           "route": "/products/:id",
                     *           "count": 1840,
                     *           "requests_per_second": 6.13,
                     *           "error_rate": 0.001,
                     *           "client_error_rate": 0.03,
                     *           "throttled_rate": 0.002,
                     *           "latency_ms": {
                     *             "avg": 63.1,
                     *             "p50": 41.2,
                     *             "p95": 212.5,
                     *             "p99": 640,
                     *             "max": null
                     *           }
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-22T09:55:10.000Z",
                     *         "to": "2026-11-22T10:00:10.000Z",
                     *         "range": null,
                     *         "source": "prometheus",
                     *         "generated_at": "2026-11-22T10:00:14.210Z",
                     *         "stale": false,
                     *         "percentile_error": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Endpoints"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Health_database: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description State of the database, its pool, statements and tables. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "healthy",
                     *       "pool": {
                     *         "total": 6,
                     *         "idle": 5,
                     *         "waiting": 0,
                     *         "max": 12
                     *       },
                     *       "query_latency_ms": {
                     *         "p50": 0.9,
                     *         "p95": 6.4,
                     *         "p99": 21
                     *       },
                     *       "connections": {
                     *         "active": 2,
                     *         "idle": 11,
                     *         "max": 100
                     *       },
                     *       "cache_hit_ratio": 0.998,
                     *       "transactions_per_second": 74.2,
                     *       "deadlocks": 0,
                     *       "size_bytes": 913833984,
                     *       "largest_tables": [
                     *         {
                     *           "name": "analytics_events",
                     *           "bytes": 734003200,
                     *           "rows_estimate": 1200000
                     *         }
                     *       ],
                     *       "statements": [
                     *         {
                     *           "query_id": "-5210358238105342423",
                     *           "kind": "SELECT",
                     *           "calls": 8123,
                     *           "mean_ms": 1.42,
                     *           "total_ms": 11534.7
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-22T09:55:10.000Z",
                     *         "to": "2026-11-22T10:00:10.000Z",
                     *         "range": null,
                     *         "source": "raw",
                     *         "generated_at": "2026-11-22T10:00:14.210Z",
                     *         "stale": false,
                     *         "percentile_error": 0.05
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DatabaseHealth"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Health_timeseries: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Width of a point; default the finest that gives at most 200 points and is kept for the range. */
                step?: components["schemas"]["Step"];
                /** @description Which series; may be given several times. Default: all. */
                metric?: components["schemas"]["HealthMetric"][];
                /** @description Only this route template. */
                route?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Series of health metrics. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "series": [
                     *         {
                     *           "metric": "request_count",
                     *           "unit": "count",
                     *           "points": [
                     *             {
                     *               "t": "2026-11-22T09:00:00.000Z",
                     *               "value": 318
                     *             },
                     *             {
                     *               "t": "2026-11-22T09:01:00.000Z",
                     *               "value": 122,
                     *               "partial": true
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "metric": "latency_p95",
                     *           "unit": "ms",
                     *           "points": [
                     *             {
                     *               "t": "2026-11-22T09:00:00.000Z",
                     *               "value": 198.4
                     *             },
                     *             {
                     *               "t": "2026-11-22T09:01:00.000Z",
                     *               "value": null,
                     *               "partial": true
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-22T09:00:00.000Z",
                     *         "to": "2026-11-22T09:01:30.000Z",
                     *         "range": null,
                     *         "step_seconds": 60,
                     *         "source": "hybrid",
                     *         "generated_at": "2026-11-22T09:01:30.000Z",
                     *         "stale": false,
                     *         "percentile_error": 0.01
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Timeseries"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Inbox_list: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description True: only what you have not read. */
                unread?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of inbox messages, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b",
                     *           "alert_id": "5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e",
                     *           "severity": "critical",
                     *           "title": "[CRITICAL] Firing: API answers with errors",
                     *           "body": "api.error_rate is 25 % (threshold 5 %) over 5 min.",
                     *           "created_at": "2026-11-22T10:01:00.412Z",
                     *           "read_at": null
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["InboxPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Inbox_countUnread: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Number of unread inbox messages. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 3
                     *     }
                     */
                    "application/json": components["schemas"]["UnreadCount"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Inbox_markAllRead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change was made; the answer has no body. */
            204: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Inbox_markRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change was made; the answer has no body. */
            204: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Preferences_ofUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sub` of the person’s tokens. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How a person or a team is notified. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "maya@example.com",
                     *       "phone": "+14155550100",
                     *       "slack_webhook_url": null,
                     *       "channels": {
                     *         "info": [
                     *           "in_app"
                     *         ],
                     *         "warning": [
                     *           "in_app",
                     *           "email"
                     *         ],
                     *         "critical": [
                     *           "in_app",
                     *           "email",
                     *           "slack",
                     *           "sms"
                     *         ]
                     *       },
                     *       "quiet_hours": {
                     *         "start": "22:00",
                     *         "end": "07:00",
                     *         "time_zone": "Europe/Berlin",
                     *         "days": [
                     *           "mon",
                     *           "tue",
                     *           "wed",
                     *           "thu",
                     *           "fri"
                     *         ]
                     *       },
                     *       "scope": "all",
                     *       "enabled": true
                     *     }
                     */
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Preferences_saveUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sub` of the person’s tokens. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Preferences"];
            };
        };
        responses: {
            /** @description How a person or a team is notified. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "maya@example.com",
                     *       "phone": "+14155550100",
                     *       "slack_webhook_url": null,
                     *       "channels": {
                     *         "info": [
                     *           "in_app"
                     *         ],
                     *         "warning": [
                     *           "in_app",
                     *           "email"
                     *         ],
                     *         "critical": [
                     *           "in_app",
                     *           "email",
                     *           "slack",
                     *           "sms"
                     *         ]
                     *       },
                     *       "quiet_hours": {
                     *         "start": "22:00",
                     *         "end": "07:00",
                     *         "time_zone": "Europe/Berlin",
                     *         "days": [
                     *           "mon",
                     *           "tue",
                     *           "wed",
                     *           "thu",
                     *           "fri"
                     *         ]
                     *       },
                     *       "scope": "all",
                     *       "enabled": true
                     *     }
                     */
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Preferences_ofTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the tokens of its members list it. */
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How a person or a team is notified. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "maya@example.com",
                     *       "phone": "+14155550100",
                     *       "slack_webhook_url": null,
                     *       "channels": {
                     *         "info": [
                     *           "in_app"
                     *         ],
                     *         "warning": [
                     *           "in_app",
                     *           "email"
                     *         ],
                     *         "critical": [
                     *           "in_app",
                     *           "email",
                     *           "slack",
                     *           "sms"
                     *         ]
                     *       },
                     *       "quiet_hours": {
                     *         "start": "22:00",
                     *         "end": "07:00",
                     *         "time_zone": "Europe/Berlin",
                     *         "days": [
                     *           "mon",
                     *           "tue",
                     *           "wed",
                     *           "thu",
                     *           "fri"
                     *         ]
                     *       },
                     *       "scope": "all",
                     *       "enabled": true
                     *     }
                     */
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Preferences_saveTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the tokens of its members list it. */
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Preferences"];
            };
        };
        responses: {
            /** @description How a person or a team is notified. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "maya@example.com",
                     *       "phone": "+14155550100",
                     *       "slack_webhook_url": null,
                     *       "channels": {
                     *         "info": [
                     *           "in_app"
                     *         ],
                     *         "warning": [
                     *           "in_app",
                     *           "email"
                     *         ],
                     *         "critical": [
                     *           "in_app",
                     *           "email",
                     *           "slack",
                     *           "sms"
                     *         ]
                     *       },
                     *       "quiet_hours": {
                     *         "start": "22:00",
                     *         "end": "07:00",
                     *         "time_zone": "Europe/Berlin",
                     *         "days": [
                     *           "mon",
                     *           "tue",
                     *           "wed",
                     *           "thu",
                     *           "fri"
                     *         ]
                     *       },
                     *       "scope": "all",
                     *       "enabled": true
                     *     }
                     */
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Deliveries_deliveries: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description Only these. */
                status?: components["schemas"]["DeliveryStatus"];
                /** @description Only over this channel. */
                channel?: components["schemas"]["Channel"];
                /** @description Only about this alert. */
                alert_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of deliveries, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4c",
                     *           "alert_id": "5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e",
                     *           "config_name": "API answers with errors",
                     *           "severity": "critical",
                     *           "channel": "sms",
                     *           "target": "+14*******00",
                     *           "kind": "firing",
                     *           "status": "sent",
                     *           "attempts": 1,
                     *           "detected_at": "2026-11-22T10:01:00.000Z",
                     *           "sent_at": "2026-11-22T10:01:00.412Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Deliveries_slo: {
        parameters: {
            query?: {
                /** @description Of notices detected so long ago at most. */
                range?: components["schemas"]["SloRange"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delivery times of notices against their objectives. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "objectives": [
                     *         {
                     *           "severity": "critical",
                     *           "target_seconds": 30,
                     *           "deliveries": 120,
                     *           "within": 119,
                     *           "late": 1,
                     *           "late_pending": 0,
                     *           "failed": 0,
                     *           "pending": 0,
                     *           "share_within": 0.9917,
                     *           "p50_seconds": 0.41,
                     *           "p95_seconds": 1.2,
                     *           "max_seconds": 31.5,
                     *           "by_channel": [
                     *             {
                     *               "channel": "sms",
                     *               "deliveries": 120,
                     *               "within": 119,
                     *               "late": 1,
                     *               "late_pending": 0,
                     *               "failed": 0,
                     *               "pending": 0,
                     *               "share_within": 0.9917,
                     *               "p50_seconds": 0.41,
                     *               "p95_seconds": 1.2,
                     *               "max_seconds": 31.5
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T10:00:00.000Z",
                     *         "to": "2026-11-22T10:00:00.000Z",
                     *         "range": "24h",
                     *         "source": "raw",
                     *         "generated_at": "2026-11-22T10:00:00.000Z",
                     *         "stale": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Slo"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Alerts_active: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description `firing`: not acknowledged yet. `acknowledged`: acknowledged, and still firing. */
                state?: components["schemas"]["ActiveState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of alerts, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *           "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "config_name": "API answers with errors",
                     *           "metric": "api.error_rate",
                     *           "filters": {},
                     *           "group": "/checkout",
                     *           "condition": "threshold_above",
                     *           "severity": "critical",
                     *           "status": "acknowledged",
                     *           "value": 0.08,
                     *           "peak_value": 0.21,
                     *           "resolved_value": null,
                     *           "threshold": 0.05,
                     *           "triggered_at": "2026-11-22T10:02:00.000Z",
                     *           "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *           "acknowledged_by": "maya",
                     *           "resolved_at": null,
                     *           "resolved_by": null,
                     *           "note": "Rolling back the release.",
                     *           "notifications": [
                     *             {
                     *               "channel": "email",
                     *               "target": "m***@shop.example",
                     *               "kind": "firing",
                     *               "status": "sent",
                     *               "attempts": 1,
                     *               "detected_at": "2026-11-22T10:02:00.000Z",
                     *               "sent_at": "2026-11-22T10:02:01.200Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Alerts_history: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description Only alerts of this status. */
                status?: components["schemas"]["AlertStatus"];
                /** @description Only alerts of this severity. */
                severity?: components["schemas"]["Severity"];
                /** @description Only alerts of this config, which may be deleted by now. */
                config_id?: string;
                /** @description Triggered from this instant on. Default: from the first alert. */
                from?: string;
                /** @description Triggered before this instant. Default: no end. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of alerts, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *           "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "config_name": "API answers with errors",
                     *           "metric": "api.error_rate",
                     *           "filters": {},
                     *           "group": "/checkout",
                     *           "condition": "threshold_above",
                     *           "severity": "critical",
                     *           "status": "acknowledged",
                     *           "value": 0.08,
                     *           "peak_value": 0.21,
                     *           "resolved_value": null,
                     *           "threshold": 0.05,
                     *           "triggered_at": "2026-11-22T10:02:00.000Z",
                     *           "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *           "acknowledged_by": "maya",
                     *           "resolved_at": null,
                     *           "resolved_by": null,
                     *           "note": "Rolling back the release.",
                     *           "notifications": [
                     *             {
                     *               "channel": "email",
                     *               "target": "m***@shop.example",
                     *               "kind": "firing",
                     *               "status": "sent",
                     *               "attempts": 1,
                     *               "detected_at": "2026-11-22T10:02:00.000Z",
                     *               "sent_at": "2026-11-22T10:02:01.200Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Alerts_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alert with its timeline. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *       "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "config_name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "filters": {},
                     *       "group": "/checkout",
                     *       "condition": "threshold_above",
                     *       "severity": "critical",
                     *       "status": "acknowledged",
                     *       "value": 0.08,
                     *       "peak_value": 0.21,
                     *       "resolved_value": null,
                     *       "threshold": 0.05,
                     *       "triggered_at": "2026-11-22T10:02:00.000Z",
                     *       "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *       "acknowledged_by": "maya",
                     *       "resolved_at": null,
                     *       "resolved_by": null,
                     *       "note": "Rolling back the release.",
                     *       "notifications": [
                     *         {
                     *           "channel": "email",
                     *           "target": "m***@shop.example",
                     *           "kind": "firing",
                     *           "status": "sent",
                     *           "attempts": 1,
                     *           "detected_at": "2026-11-22T10:02:00.000Z",
                     *           "sent_at": "2026-11-22T10:02:01.200Z"
                     *         }
                     *       ],
                     *       "timeline": [
                     *         {
                     *           "at": "2026-11-22T10:00:00.000Z",
                     *           "state": "pending",
                     *           "value": null,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:02:00.000Z",
                     *           "state": "firing",
                     *           "value": 0.21,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:03:10.000Z",
                     *           "state": "acknowledged",
                     *           "value": 0.08,
                     *           "reason": null,
                     *           "by": "maya",
                     *           "note": "Rolling back the release."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Alerts_stats: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range: days, weeks (from Sunday) and months of `time_zone` where the read has one, else of STORE_TIME_ZONE; `today` and `this_…` run to now. Without range and from: 24h. Not together with from and to. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Statistics of alerts and of the rules behind them. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "alerts": 12,
                     *       "acknowledged": 7,
                     *       "resolved": 11,
                     *       "time_to_acknowledge_seconds": {
                     *         "mean": 185.5,
                     *         "p95": 610
                     *       },
                     *       "time_to_resolve_seconds": {
                     *         "mean": 1420,
                     *         "p95": 5400
                     *       },
                     *       "flapping": 0.25,
                     *       "noise": 0.36,
                     *       "per_config": [
                     *         {
                     *           "alerts": 12,
                     *           "acknowledged": 7,
                     *           "resolved": 11,
                     *           "time_to_acknowledge_seconds": {
                     *             "mean": 185.5,
                     *             "p95": 610
                     *           },
                     *           "time_to_resolve_seconds": {
                     *             "mean": 1420,
                     *             "p95": 5400
                     *           },
                     *           "flapping": 0.25,
                     *           "noise": 0.36,
                     *           "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "config_name": "API answers with errors"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "from": "2026-11-21T10:00:00.000Z",
                     *         "to": "2026-11-22T10:00:00.000Z",
                     *         "range": "24h",
                     *         "source": "raw",
                     *         "generated_at": "2026-11-22T10:00:00.000Z",
                     *         "stale": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AlertStats"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Alerts_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metric that alert rules can watch. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "name": "api.error_rate",
                     *         "unit": "ratio",
                     *         "description": "Requests answered 5xx / requests. 4xx are apart.",
                     *         "dimensions": [
                     *           "method",
                     *           "route",
                     *           "status_class",
                     *           "service"
                     *         ],
                     *         "source": "events"
                     *       },
                     *       {
                     *         "name": "queue.waiting",
                     *         "unit": "jobs",
                     *         "description": "Jobs that wait, averaged over the samples; of all queues together or the one asked for.",
                     *         "dimensions": [
                     *           "queue"
                     *         ],
                     *         "source": "samples"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["AlertMetric"][];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertResponse_acknowledgeAll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Bulk"];
            };
        };
        responses: {
            /** @description Result of a change of several alerts. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updated": [
                     *         "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21"
                     *       ],
                     *       "skipped": [
                     *         {
                     *           "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "reason": "not_found"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BulkVerdict"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertResponse_resolveAll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Bulk"];
            };
        };
        responses: {
            /** @description Result of a change of several alerts. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updated": [
                     *         "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21"
                     *       ],
                     *       "skipped": [
                     *         {
                     *           "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "reason": "not_found"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BulkVerdict"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertResponse_acknowledge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Note"];
            };
        };
        responses: {
            /** @description Alert with its timeline. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *       "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "config_name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "filters": {},
                     *       "group": "/checkout",
                     *       "condition": "threshold_above",
                     *       "severity": "critical",
                     *       "status": "acknowledged",
                     *       "value": 0.08,
                     *       "peak_value": 0.21,
                     *       "resolved_value": null,
                     *       "threshold": 0.05,
                     *       "triggered_at": "2026-11-22T10:02:00.000Z",
                     *       "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *       "acknowledged_by": "maya",
                     *       "resolved_at": null,
                     *       "resolved_by": null,
                     *       "note": "Rolling back the release.",
                     *       "notifications": [
                     *         {
                     *           "channel": "email",
                     *           "target": "m***@shop.example",
                     *           "kind": "firing",
                     *           "status": "sent",
                     *           "attempts": 1,
                     *           "detected_at": "2026-11-22T10:02:00.000Z",
                     *           "sent_at": "2026-11-22T10:02:01.200Z"
                     *         }
                     *       ],
                     *       "timeline": [
                     *         {
                     *           "at": "2026-11-22T10:00:00.000Z",
                     *           "state": "pending",
                     *           "value": null,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:02:00.000Z",
                     *           "state": "firing",
                     *           "value": 0.21,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:03:10.000Z",
                     *           "state": "acknowledged",
                     *           "value": 0.08,
                     *           "reason": null,
                     *           "by": "maya",
                     *           "note": "Rolling back the release."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with what is stored. */
            409: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:conflict",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "It conflicts with what is stored.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertResponse_resolve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Note"];
            };
        };
        responses: {
            /** @description Alert with its timeline. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *       "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "config_name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "filters": {},
                     *       "group": "/checkout",
                     *       "condition": "threshold_above",
                     *       "severity": "critical",
                     *       "status": "acknowledged",
                     *       "value": 0.08,
                     *       "peak_value": 0.21,
                     *       "resolved_value": null,
                     *       "threshold": 0.05,
                     *       "triggered_at": "2026-11-22T10:02:00.000Z",
                     *       "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *       "acknowledged_by": "maya",
                     *       "resolved_at": null,
                     *       "resolved_by": null,
                     *       "note": "Rolling back the release.",
                     *       "notifications": [
                     *         {
                     *           "channel": "email",
                     *           "target": "m***@shop.example",
                     *           "kind": "firing",
                     *           "status": "sent",
                     *           "attempts": 1,
                     *           "detected_at": "2026-11-22T10:02:00.000Z",
                     *           "sent_at": "2026-11-22T10:02:01.200Z"
                     *         }
                     *       ],
                     *       "timeline": [
                     *         {
                     *           "at": "2026-11-22T10:00:00.000Z",
                     *           "state": "pending",
                     *           "value": null,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:02:00.000Z",
                     *           "state": "firing",
                     *           "value": 0.21,
                     *           "reason": null,
                     *           "by": null,
                     *           "note": null
                     *         },
                     *         {
                     *           "at": "2026-11-22T10:03:10.000Z",
                     *           "state": "acknowledged",
                     *           "value": 0.08,
                     *           "reason": null,
                     *           "by": "maya",
                     *           "note": "Rolling back the release."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_list: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of alert rules, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *           "version": 1,
                     *           "name": "API answers with errors",
                     *           "metric": "api.error_rate",
                     *           "condition": "threshold_above",
                     *           "threshold": 0.05,
                     *           "severity": "critical",
                     *           "description": "5xx above 5 % for two minutes, by route.",
                     *           "filters": {},
                     *           "group_by": "route",
                     *           "recovery_threshold": 0.03,
                     *           "window_seconds": 300,
                     *           "for_seconds": 120,
                     *           "cooldown_seconds": 900,
                     *           "renotify_seconds": 3600,
                     *           "evaluation_delay_seconds": 0,
                     *           "min_samples": 20,
                     *           "no_data": "ok",
                     *           "on_error": "keep",
                     *           "channels": null,
                     *           "recipients": {
                     *             "users": [
                     *               "maya"
                     *             ],
                     *             "teams": [
                     *               "platform"
                     *             ]
                     *           },
                     *           "runbook_url": "https://runbooks.example/api-errors",
                     *           "labels": {
                     *             "team": "platform"
                     *           },
                     *           "enabled": true,
                     *           "created_at": "2026-11-22T10:00:00.000Z",
                     *           "updated_at": "2026-11-22T10:00:00.000Z",
                     *           "created_by": "maya",
                     *           "warnings": [
                     *             "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AlertConfigPage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SentRule"];
            };
        };
        responses: {
            /** @description Stored alert rule. */
            201: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    /** @description Version of the config, for `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "version": 1,
                     *       "name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "condition": "threshold_above",
                     *       "threshold": 0.05,
                     *       "severity": "critical",
                     *       "description": "5xx above 5 % for two minutes, by route.",
                     *       "filters": {},
                     *       "group_by": "route",
                     *       "recovery_threshold": 0.03,
                     *       "window_seconds": 300,
                     *       "for_seconds": 120,
                     *       "cooldown_seconds": 900,
                     *       "renotify_seconds": 3600,
                     *       "evaluation_delay_seconds": 0,
                     *       "min_samples": 20,
                     *       "no_data": "ok",
                     *       "on_error": "keep",
                     *       "channels": null,
                     *       "recipients": {
                     *         "users": [
                     *           "maya"
                     *         ],
                     *         "teams": [
                     *           "platform"
                     *         ]
                     *       },
                     *       "runbook_url": "https://runbooks.example/api-errors",
                     *       "labels": {
                     *         "team": "platform"
                     *       },
                     *       "enabled": true,
                     *       "created_at": "2026-11-22T10:00:00.000Z",
                     *       "updated_at": "2026-11-22T10:00:00.000Z",
                     *       "created_by": "maya",
                     *       "warnings": [
                     *         "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertConfig"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with what is stored. */
            409: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:conflict",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "It conflicts with what is stored.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored alert rule. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    /** @description Version of the config, for `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "version": 1,
                     *       "name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "condition": "threshold_above",
                     *       "threshold": 0.05,
                     *       "severity": "critical",
                     *       "description": "5xx above 5 % for two minutes, by route.",
                     *       "filters": {},
                     *       "group_by": "route",
                     *       "recovery_threshold": 0.03,
                     *       "window_seconds": 300,
                     *       "for_seconds": 120,
                     *       "cooldown_seconds": 900,
                     *       "renotify_seconds": 3600,
                     *       "evaluation_delay_seconds": 0,
                     *       "min_samples": 20,
                     *       "no_data": "ok",
                     *       "on_error": "keep",
                     *       "channels": null,
                     *       "recipients": {
                     *         "users": [
                     *           "maya"
                     *         ],
                     *         "teams": [
                     *           "platform"
                     *         ]
                     *       },
                     *       "runbook_url": "https://runbooks.example/api-errors",
                     *       "labels": {
                     *         "team": "platform"
                     *       },
                     *       "enabled": true,
                     *       "created_at": "2026-11-22T10:00:00.000Z",
                     *       "updated_at": "2026-11-22T10:00:00.000Z",
                     *       "created_by": "maya",
                     *       "warnings": [
                     *         "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertConfig"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_replace: {
        parameters: {
            query?: never;
            header?: {
                /** @description `"<version>"`: 412 where the config is at another one by now. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SentRule"];
            };
        };
        responses: {
            /** @description Stored alert rule. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    /** @description Version of the config, for `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *       "version": 2,
                     *       "name": "API answers with errors",
                     *       "metric": "api.error_rate",
                     *       "condition": "threshold_above",
                     *       "threshold": 0.05,
                     *       "severity": "critical",
                     *       "description": "5xx above 5 % for two minutes, by route.",
                     *       "filters": {},
                     *       "group_by": "route",
                     *       "recovery_threshold": 0.03,
                     *       "window_seconds": 300,
                     *       "for_seconds": 120,
                     *       "cooldown_seconds": 900,
                     *       "renotify_seconds": 3600,
                     *       "evaluation_delay_seconds": 0,
                     *       "min_samples": 20,
                     *       "no_data": "ok",
                     *       "on_error": "keep",
                     *       "channels": null,
                     *       "recipients": {
                     *         "users": [
                     *           "maya"
                     *         ],
                     *         "teams": [
                     *           "platform"
                     *         ]
                     *       },
                     *       "runbook_url": "https://runbooks.example/api-errors",
                     *       "labels": {
                     *         "team": "platform"
                     *       },
                     *       "enabled": true,
                     *       "created_at": "2026-11-22T10:00:00.000Z",
                     *       "updated_at": "2026-11-22T10:00:00.000Z",
                     *       "created_by": "maya",
                     *       "warnings": [
                     *         "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertConfig"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with what is stored. */
            409: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:conflict",
                     *       "title": "Conflict",
                     *       "status": 409,
                     *       "detail": "It conflicts with what is stored.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `If-Match` names a version that is not the stored one any more. */
            412: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:stale-version",
                     *       "title": "The stored version is newer",
                     *       "status": 412,
                     *       "detail": "`If-Match` names a version that is not the stored one any more.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description `"<version>"`: 412 where the config is at another one by now. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change was made; the answer has no body. */
            204: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `If-Match` names a version that is not the stored one any more. */
            412: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:stale-version",
                     *       "title": "The stored version is newer",
                     *       "status": 412,
                     *       "detail": "`If-Match` names a version that is not the stored one any more.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AlertConfigs_audit: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Changes of an alert rule, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "at": "2026-11-22T10:00:00.000Z",
                     *           "by": "maya",
                     *           "action": "created",
                     *           "before": null,
                     *           "after": {
                     *             "id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *             "version": 1,
                     *             "name": "API answers with errors",
                     *             "metric": "api.error_rate",
                     *             "condition": "threshold_above",
                     *             "threshold": 0.05,
                     *             "severity": "critical",
                     *             "description": "5xx above 5 % for two minutes, by route.",
                     *             "filters": {},
                     *             "group_by": "route",
                     *             "recovery_threshold": 0.03,
                     *             "window_seconds": 300,
                     *             "for_seconds": 120,
                     *             "cooldown_seconds": 900,
                     *             "renotify_seconds": 3600,
                     *             "evaluation_delay_seconds": 0,
                     *             "min_samples": 20,
                     *             "no_data": "ok",
                     *             "on_error": "keep",
                     *             "channels": null,
                     *             "recipients": {
                     *               "users": [
                     *                 "maya"
                     *               ],
                     *               "teams": [
                     *                 "platform"
                     *               ]
                     *             },
                     *             "runbook_url": "https://runbooks.example/api-errors",
                     *             "labels": {
                     *               "team": "platform"
                     *             },
                     *             "enabled": true,
                     *             "created_at": "2026-11-22T10:00:00.000Z",
                     *             "updated_at": "2026-11-22T10:00:00.000Z",
                     *             "created_by": "maya",
                     *             "warnings": [
                     *               "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ConfigAudit"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Preview_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description What a rule would have done. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "firings": [
                     *         {
                     *           "from": "2026-11-22T09:12:00.000Z",
                     *           "to": "2026-11-22T09:31:00.000Z",
                     *           "group": null,
                     *           "peak": 0.21
                     *         }
                     *       ],
                     *       "series": [
                     *         {
                     *           "group": null,
                     *           "points": [
                     *             {
                     *               "t": "2026-11-22T09:12:00.000Z",
                     *               "value": 0.07
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "step_seconds": 60
                     *     }
                     */
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ConfigTransfer_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alert rules as a file. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "schema": 1,
                     *       "configs": [
                     *         {
                     *           "name": "API answers with errors",
                     *           "metric": "api.error_rate",
                     *           "condition": "threshold_above",
                     *           "threshold": 0.05,
                     *           "severity": "critical",
                     *           "description": "5xx above 5 % for two minutes, by route.",
                     *           "filters": {},
                     *           "group_by": "route",
                     *           "recovery_threshold": 0.03,
                     *           "window_seconds": 300,
                     *           "for_seconds": 120,
                     *           "cooldown_seconds": 900,
                     *           "renotify_seconds": 3600,
                     *           "evaluation_delay_seconds": 0,
                     *           "min_samples": 20,
                     *           "no_data": "ok",
                     *           "on_error": "keep",
                     *           "channels": null,
                     *           "recipients": {
                     *             "users": [
                     *               "maya"
                     *             ],
                     *             "teams": [
                     *               "platform"
                     *             ]
                     *           },
                     *           "runbook_url": "https://runbooks.example/api-errors",
                     *           "labels": {
                     *             "team": "platform"
                     *           },
                     *           "enabled": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ConfigExport"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ConfigTransfer_import: {
        parameters: {
            query?: {
                /** @description `replace` deletes every config that the import does not name; `merge` keeps it. */
                mode?: components["schemas"]["ImportMode"];
                /** @description Only says what would be done. */
                dry_run?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigImport"];
            };
        };
        responses: {
            /** @description Result of an import of alert rules. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "mode": "merge",
                     *       "dry_run": false,
                     *       "created": [
                     *         "API answers with errors"
                     *       ],
                     *       "updated": [],
                     *       "unchanged": [],
                     *       "deleted": []
                     *     }
                     */
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 16,777,216 bytes after decompression, 1,000,000 keys (1,000 in one object) and 1,000,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ConfigTransfer_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deliveries of a test notification. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "notifications": [
                     *         {
                     *           "channel": "email",
                     *           "target": "m***@shop.example",
                     *           "status": "pending"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TestReport"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Silences_list: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description `next_cursor` of the page before; opaque. */
                cursor?: string;
                /** @description Only these; default all. */
                state?: components["schemas"]["SilenceState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of silences, newest first. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "3f9a1c7e-2b4d-4e8f-a6c5-9d0b1e2f3a4b",
                     *           "matchers": {
                     *             "severity": "warning",
                     *             "labels": {
                     *               "team": "platform"
                     *             }
                     *           },
                     *           "starts_at": "2036-11-22T22:00:00.000Z",
                     *           "ends_at": "2036-11-23T00:00:00.000Z",
                     *           "reason": "Planned maintenance of the database.",
                     *           "state": "pending",
                     *           "created_at": "2026-11-22T10:00:00.000Z",
                     *           "created_by": "maya",
                     *           "ended_at": null,
                     *           "ended_by": null
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["SilencePage"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Silences_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSilence"];
            };
        };
        responses: {
            /** @description Time in which matching alerts are recorded without notices. */
            201: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3f9a1c7e-2b4d-4e8f-a6c5-9d0b1e2f3a4b",
                     *       "matchers": {
                     *         "severity": "warning",
                     *         "labels": {
                     *           "team": "platform"
                     *         }
                     *       },
                     *       "starts_at": "2036-11-22T22:00:00.000Z",
                     *       "ends_at": "2036-11-23T00:00:00.000Z",
                     *       "reason": "Planned maintenance of the database.",
                     *       "state": "pending",
                     *       "created_at": "2026-11-22T10:00:00.000Z",
                     *       "created_by": "maya",
                     *       "ended_at": null,
                     *       "ended_by": null
                     *     }
                     */
                    "application/json": components["schemas"]["Silence"];
                };
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large: it may have 1,048,576 bytes after decompression, 2,000 keys (1,000 in one object) and 2,000 array items. */
            413: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:body-too-large",
                     *       "title": "The body is too large",
                     *       "status": 413,
                     *       "detail": "The body is too large.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip. */
            415: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unsupported-media-type",
                     *       "title": "The body is in a format that is not read here",
                     *       "status": 415,
                     *       "detail": "The body is not JSON in UTF-8 (`content-type: application/json`), or compressed with something else than gzip.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Silences_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change was made; the answer has no body. */
            204: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object. */
            404: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such object.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    Dashboard_summary: {
        parameters: {
            query?: {
                /** @description So much time that ends now, or a calendar range in STORE_TIME_ZONE. Without range and from: the last 24 hours, and the live window of 5 minutes for the health. */
                range?: components["schemas"]["RangeName"];
                /** @description Start of the range (included), with offset. At most 400 days before `to`. */
                from?: string;
                /** @description End of the range (not included); default now; may lie in the future. */
                to?: string;
                /** @description Which sections; separated by commas, or given several times. Default: all that the token’s roles may see. */
                sections?: components["schemas"]["DashboardSection"][];
            };
            header?: {
                /** @description The `ETag` of an earlier answer: while its figures hold, the answer is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Start page of the admin: a section for each feature. */
            200: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    /** @description Fingerprint of the figures, without `meta`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "system_health": {
                     *         "status": "healthy",
                     *         "uptime_seconds": 86400.25,
                     *         "availability": 0.9996,
                     *         "availability_coverage": 0.98,
                     *         "requests_per_second": 12.4,
                     *         "error_rate": 0.0004,
                     *         "client_error_rate": 0.021,
                     *         "latency_ms": {
                     *           "p50": 41.2,
                     *           "p95": 212.5,
                     *           "p99": 640
                     *         },
                     *         "components": {
                     *           "api": {
                     *             "status": "healthy",
                     *             "detail": "3720 requests in the live window: 0.04 % answered 5xx (limits 1 % and 50 %), p95 213 ms (limit 2000 ms)."
                     *           },
                     *           "database": {
                     *             "status": "healthy",
                     *             "detail": "It answered in 2 ms (limit 200 ms); 10 % of the read pool is in use (limit 90 %), 0 waiting."
                     *           },
                     *           "queue": {
                     *             "status": "healthy",
                     *             "detail": "It answered in 3 ms (limit 200 ms); most jobs wait in rollups: 1 (limit 1000); 0 failed within 7 days."
                     *           },
                     *           "cache": {
                     *             "status": "healthy",
                     *             "detail": "Redis answered in 1 ms (limit 200 ms)."
                     *           },
                     *           "prometheus": {
                     *             "status": "healthy",
                     *             "detail": "http://shop:9464/metrics answered 4.2 s ago."
                     *           },
                     *           "alerts": {
                     *             "status": "healthy",
                     *             "detail": "None late or failed in 10 min; the last one was due at 2026-11-22T10:00:00Z."
                     *           },
                     *           "notifications": {
                     *             "status": "off",
                     *             "detail": "Email, Slack and SMS are not configured."
                     *           }
                     *         },
                     *         "meta": {
                     *           "from": "2026-11-22T09:55:10.000Z",
                     *           "to": "2026-11-22T10:00:10.000Z",
                     *           "range": null,
                     *           "source": "prometheus",
                     *           "generated_at": "2026-11-22T10:00:14.210Z",
                     *           "stale": false,
                     *           "percentile_error": null
                     *         }
                     *       },
                     *       "ml_pipelines": {
                     *         "jobs": 450,
                     *         "succeeded": 430,
                     *         "failed": 15,
                     *         "cancelled": 5,
                     *         "success_rate": 0.9662921348314607,
                     *         "duration_ms": {
                     *           "avg": 9120.4,
                     *           "p50": 7675.04,
                     *           "p95": 19027.48,
                     *           "p99": 24310
                     *         },
                     *         "cost_usd": {
                     *           "reported": 41.27,
                     *           "estimated": 3.5,
                     *           "total": 44.77,
                     *           "jobs_without_cost": 12
                     *         },
                     *         "cost_per_successful_job_usd": 0.104116,
                     *         "wasted_cost_usd": 1.92,
                     *         "by_pipeline": [
                     *           {
                     *             "pipeline": "3d",
                     *             "jobs": 450,
                     *             "succeeded": 430,
                     *             "failed": 15,
                     *             "cancelled": 5,
                     *             "success_rate": 0.9662921348314607,
                     *             "duration_ms": {
                     *               "avg": 9120.4,
                     *               "p50": 7675.04,
                     *               "p95": 19027.48,
                     *               "p99": 24310
                     *             },
                     *             "cost_usd": {
                     *               "reported": 41.27,
                     *               "estimated": 3.5,
                     *               "total": 44.77,
                     *               "jobs_without_cost": 12
                     *             },
                     *             "cost_per_successful_job_usd": 0.104116,
                     *             "wasted_cost_usd": 1.92
                     *           }
                     *         ],
                     *         "series": [
                     *           {
                     *             "t": "2026-11-21T00:00:00.000Z",
                     *             "jobs": 450,
                     *             "succeeded": 430,
                     *             "failed": 15,
                     *             "success_rate": 0.9662921348314607,
                     *             "duration_p95_ms": 19027.48,
                     *             "cost_usd": 44.77
                     *           }
                     *         ],
                     *         "meta": {
                     *           "from": "2026-11-21T00:00:00.000Z",
                     *           "to": "2026-11-22T00:00:00.000Z",
                     *           "range": null,
                     *           "step_seconds": 86400,
                     *           "source": "rollup",
                     *           "generated_at": "2026-11-22T09:30:00.000Z",
                     *           "stale": false,
                     *           "percentile_error": 0.01
                     *         }
                     *       },
                     *       "business": {
                     *         "currency": "USD",
                     *         "gross_sales": 1250,
                     *         "discounts": 50,
                     *         "returns": 100,
                     *         "net_sales": 1100,
                     *         "total_sales": 1190,
                     *         "orders": 11,
                     *         "units": 25,
                     *         "average_order_value": 100,
                     *         "order_value": {
                     *           "min": 12.5,
                     *           "max": 480,
                     *           "p50": 86,
                     *           "p95": 310
                     *         },
                     *         "customers": {
                     *           "new": 7,
                     *           "returning": 3,
                     *           "repeat_rate": 0.3
                     *         },
                     *         "conversion_rate": 0.025,
                     *         "sessions": 440,
                     *         "other_currencies": [
                     *           {
                     *             "currency": "EUR",
                     *             "orders": 3,
                     *             "gross_sales": 320,
                     *             "net_sales": 320
                     *           }
                     *         ],
                     *         "meta": {
                     *           "from": "2026-11-20T00:00:00.000Z",
                     *           "to": "2026-11-22T00:00:00.000Z",
                     *           "range": null,
                     *           "source": "rollup",
                     *           "generated_at": "2026-11-22T09:30:00.000Z",
                     *           "stale": false,
                     *           "percentile_error": 0.01,
                     *           "distinct_error": 0
                     *         }
                     *       },
                     *       "active_alerts": {
                     *         "total": 1,
                     *         "by_severity": {
                     *           "info": 0,
                     *           "warning": 0,
                     *           "critical": 1
                     *         },
                     *         "items": [
                     *           {
                     *             "id": "0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21",
                     *             "config_id": "7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44",
                     *             "config_name": "API answers with errors",
                     *             "metric": "api.error_rate",
                     *             "filters": {},
                     *             "group": "/checkout",
                     *             "condition": "threshold_above",
                     *             "severity": "critical",
                     *             "status": "acknowledged",
                     *             "value": 0.08,
                     *             "peak_value": 0.21,
                     *             "resolved_value": null,
                     *             "threshold": 0.05,
                     *             "triggered_at": "2026-11-22T10:02:00.000Z",
                     *             "acknowledged_at": "2026-11-22T10:03:10.000Z",
                     *             "acknowledged_by": "maya",
                     *             "resolved_at": null,
                     *             "resolved_by": null,
                     *             "note": "Rolling back the release.",
                     *             "notifications": [
                     *               {
                     *                 "channel": "email",
                     *                 "target": "m***@shop.example",
                     *                 "kind": "firing",
                     *                 "status": "sent",
                     *                 "attempts": 1,
                     *                 "detected_at": "2026-11-22T10:02:00.000Z",
                     *                 "sent_at": "2026-11-22T10:02:01.200Z"
                     *               }
                     *             ]
                     *           }
                     *         ]
                     *       },
                     *       "meta": {
                     *         "sections": {
                     *           "health": {
                     *             "status": "ok",
                     *             "generated_at": "2026-11-22T10:00:00.000Z",
                     *             "cached": true
                     *           },
                     *           "ml": {
                     *             "status": "ok",
                     *             "generated_at": "2026-11-22T10:00:00.000Z",
                     *             "cached": true
                     *           },
                     *           "business": {
                     *             "status": "ok",
                     *             "generated_at": "2026-11-22T10:00:00.000Z",
                     *             "cached": false
                     *           },
                     *           "alerts": {
                     *             "status": "ok",
                     *             "generated_at": "2026-11-22T10:00:00.000Z",
                     *             "cached": false
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description The figures are still those of `If-None-Match`. */
            304: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed or not valid; `errors` names each field. */
            400: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:invalid-input",
                     *       "title": "The request is not valid",
                     *       "status": 400,
                     *       "detail": "The request is malformed or not valid; `errors` names each field.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                     *       "errors": [
                     *         {
                     *           "path": "colour",
                     *           "message": "is not a known query parameter"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that does not hold. */
            401: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:unauthenticated",
                     *       "title": "Authentication is required",
                     *       "status": 401,
                     *       "detail": "No token, or one that does not hold.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token’s roles do not allow this. */
            403: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:forbidden",
                     *       "title": "Not allowed",
                     *       "status": 403,
                     *       "detail": "The token’s roles do not allow this.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or a full queue; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    /** @description Requests a user may make a minute. Absent while `RATE_LIMIT_PER_MINUTE` is 0. */
                    "x-ratelimit-limit"?: number;
                    /** @description Requests left. */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until all requests are left again. */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:rate-limited",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "Too many requests, or a full queue; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something the answer needs is down; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Correlation id of the request: its own, that of its `traceparent`, or a new one. */
                    "x-correlation-id"?: string;
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:problem-type:dependency-unavailable",
                     *       "title": "Not available right now",
                     *       "status": 503,
                     *       "detail": "Something the answer needs is down; `Retry-After` says when to try again.",
                     *       "instance": "/api/v1/analytics/…",
                     *       "correlation_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
