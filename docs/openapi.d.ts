// Made from openapi.json by `npm run docs:generate`.

export interface paths {
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's reservations; everybody's for an admin
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                    status?: "queued" | "preparing" | "active" | "ended";
                    /** @description Asks for something of this pool by name, waits for it, or has or had it. */
                    pool?: string;
                    /** @description Waits for this resource by name, or has or had it; id or name. */
                    resource?: string;
                    /** @description Id, e-mail address or name. For admins; others see their own only. */
                    user?: string;
                    /** @description Requested at this instant or later (RFC 3339). */
                    since?: string;
                    /** @description Requested before this instant (RFC 3339). */
                    until?: string;
                    /** @description desc: the newest first. */
                    order?: "asc" | "desc";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of reservations; it may be short although more follow. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReservationList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Request resources: all items at once, or a place in the queue
         * @description Needs the scope `reserve`.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Hold the answer for up to this many seconds while it is queued or preparing. */
                    wait?: number;
                };
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReservation"];
                };
            };
            responses: {
                /** @description Active; or served before, and ended since. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
                /** @description Queued or preparing; poll Location. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a reservation, with credentials for its holder while it is active
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Hold the answer for up to this many seconds while it is queued or preparing. */
                    wait?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The reservation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Release what is held, or leave the queue; an admin revokes
         * @description Needs the scope `reserve`.
         */
        delete: {
            parameters: {
                query?: {
                    reason?: string;
                    /** @description Hold the answer for up to this many seconds until the holder's access is closed. */
                    wait?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The reservation has ended. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Extend the lease, or change the note
         * @description Needs the scope `reserve`.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReservationChange"];
                };
            };
            responses: {
                /** @description The reservation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/reservations/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep the lease alive
         * @description Needs the scope `reserve`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The reservation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create the first admin
         * @description Public; a credential that is shown has to be right.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            responses: {
                /** @description The admin, and a token with every scope. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetupAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of users. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Add a user
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                /** @description The user. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a user: yourself, or anybody as an admin
         * @description Needs the scope `self`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Delete a user, and end their reservations
         * @description Needs the scope `admin`.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a user: yourself, or anybody as an admin
         * @description Needs the scope `self`.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag from when you read it. */
                    "If-Match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserChange"];
                };
            };
            responses: {
                /** @description The user. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the caller, and what their credential allows
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The caller. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's API tokens, without their secrets
         * @description Needs the scope `self`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of tokens. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Create an API token with at most the rights of the calling credential
         * @description Needs the scope `self`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                /** @description The token; its secret is shown only here. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewTokenAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{id}": {
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
         * Revoke an API token
         * @description Needs the scope `self`.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Revoked. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List pools
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of pools. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PoolList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Create a pool
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPool"];
                };
            };
            responses: {
                /** @description The pool. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pool"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pools/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a pool
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The pool. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pool"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Drain a pool and delete it; running loans are left alone
         * @description Needs the scope `admin`.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag from when you read it. */
                    "If-Match"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The pool is deleted once its resources are gone. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PoolDeletion"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Resize or change a pool; running loans are left alone
         * @description Needs the scope `admin`.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag from when you read it. */
                    "If-Match"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PoolChange"];
                };
            };
            responses: {
                /** @description The pool. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pool"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/pools/{name}/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what is lent of a pool, since when, until when, and to whom if it shares that
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of loans. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HolderList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pools/{name}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the requests that wait for anything of a pool, in order
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of requests; it may be short. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueueList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List resources, by pool, kind, type, status and label
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                    pool?: string;
                    kind?: "account" | "vm" | "container" | "token" | "host" | "item";
                    type?: string;
                    status?: "provisioning" | "dirty" | "cleaning" | "available" | "spare" | "allocated" | "quarantined" | "destroying" | "destroyed";
                    /** @description `name=value`: only of pools with this label. */
                    label?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of resources. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourceList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Have one made in a manual pool, or list one that exists already
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewResource"];
                };
            };
            responses: {
                /** @description The resource. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a resource
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The resource. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Remove a resource; a lent one stays until its loan ends
         * @description Needs the scope `admin`.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The resource is being removed. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Put a resource in service or in maintenance, for a time or until told, or drain it
         * @description Needs the scope `admin`.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag from when you read it. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResourceChange"];
                };
            };
            responses: {
                /** @description The resource. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/resources/{id}/keep-alive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put off a resource's idle expiry, and the heartbeat of your lease on it
         * @description Needs the scope `reserve`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The resource. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}/clean": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clean a resource again
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The resource. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}/unquarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a quarantined resource now
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The resource. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}/credential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a credential that stopped working, then clean the resource with the new one
         * @description Needs the scope `admin`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCredential"];
                };
            };
            responses: {
                /** @description The resource. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resource"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}/loans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show who had a resource and when, the newest loan first, or at one instant
         * @description Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                    /** @description Only the loan during which this instant (RFC 3339) was; `limit` and `cursor` have no effect. */
                    at?: string;
                };
                header?: never;
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of loans. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LoanList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}/before": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what the return before this loan has shown, without names
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description One for each resource. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReturnsBefore"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resources/{id}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the return records of a resource, the newest first
         * @description Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description Id or name. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of records. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReturnList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List return records, the newest first
         * @description Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                    pool?: string;
                    /** @description Exactly this level. */
                    level?: "R0" | "R1" | "R2" | "R3" | "R4";
                    /** @description At this instant or later (RFC 3339). */
                    since?: string;
                    /** @description Before this instant (RFC 3339). */
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of records. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReturnList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that no return record was altered, removed or moved
         * @description Needs the scope `admin`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The result, with every fault. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChainReport"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what happened, when, and by whom
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                    /** @description At this instant or later (RFC 3339). */
                    since?: string;
                    /** @description Before this instant (RFC 3339). */
                    until?: string;
                    /** @description One or several, separated by commas. */
                    type?: string;
                    /** @description Name; id of one that is gone. */
                    pool?: string;
                    /** @description Name or id. */
                    resource?: string;
                    reservation?: string;
                    /** @description Whom it is about: id or e-mail address. For admins. */
                    user?: string;
                    /** @description Who did it: id or e-mail address of a user, name of a job. */
                    actor?: string;
                    order?: "asc" | "desc";
                    /** @description ndjson: all of them, one JSON object a line; `limit` and `cursor` have no effect. */
                    format?: "json" | "ndjson";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of events, or with `format=ndjson` all of them; with `Accept: text/event-stream` those to come, after `Last-Event-ID` if it is sent. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventList"];
                        "application/x-ndjson": string;
                        "text/event-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks, without their secrets
         * @description Needs the scope `self`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of webhooks. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookList"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Have events sent to an address
         * @description Needs the scope `self`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            responses: {
                /** @description The webhook, and its secret. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewWebhookAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a webhook
         * @description Needs the scope `self`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Delete a webhook, and what waits for it
         * @description Needs the scope `self`.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Needs the scope `self`.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag from when you read it. */
                    "If-Match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookChange"];
                };
            };
            responses: {
                /** @description The webhook. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give your webhook another secret; the former one signs for another day
         * @description Needs the scope `self`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The secret. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a webhook an event that only it gets
         * @description Needs the scope `self`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; see its deliveries. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a webhook one event, or a range of them, again
         * @description Needs the scope `self`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request repeated under the same key takes effect once. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Replay"];
                };
            };
            responses: {
                /** @description Accepted; see its deliveries. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a webhook was sent, the newest event first
         * @description Needs the scope `self`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries per page. */
                    limit?: number;
                    /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of deliveries. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookDeliveryList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/github": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in with GitHub in a browser
         * @description Public; a credential that is shown has to be right.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/github/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finish a browser sign-in; GitHub redirects here
         * @description Public; a credential that is shown has to be right.
         */
        get: {
            parameters: {
                query?: {
                    code?: string;
                    state?: string;
                    error?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed in. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/github/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a sign-in without a browser; the user types a code at GitHub
         * @description Public; a credential that is shown has to be right.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The code to show to the user, and a handle. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GithubDevice"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/github/device/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finish a sign-in without a browser, once the user has agreed
         * @description Public; a credential that is shown has to be right.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GithubDeviceToken"];
                };
            };
            responses: {
                /** @description Signed in. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description The user has not agreed yet; try again later. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GithubPending"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count resources by state, and live reservations
         * @description Needs the scope `read`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The counts. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Stats"];
                    };
                };
            };
        };
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
        /**
         * @example {
         *       "items": [
         *         {
         *           "pool": "lab",
         *           "type": "default",
         *           "count": 1
         *         },
         *         {
         *           "kind": "vm",
         *           "labels": {
         *             "zone": "x"
         *           },
         *           "count": 1
         *         }
         *       ],
         *       "durationSeconds": 60,
         *       "priority": 0,
         *       "queueTimeoutSeconds": 0,
         *       "onRelease": "clean",
         *       "note": "for a test"
         *     }
         */
        NewReservation: {
            items: components["schemas"]["ReservationItem"][];
            /** @description null: without an end, where the pools allow it. Default: the pools' own. */
            durationSeconds?: number | null;
            /**
             * Format: date-time
             * @description Instead of durationSeconds: when the lease ends, whenever it starts (RFC 3339). The request does not wait beyond it.
             */
            endsAt?: string;
            /** @description The lease ends if no heartbeat comes for this long, plus the grace of the pools; at most what the pools ask for. */
            heartbeatSeconds?: number;
            /** @description For admins: the user who is to hold it, by id, e-mail address or name. */
            onBehalfOf?: string;
            /** @default 0 */
            priority?: number;
            /** @description How long to stay queued; 0: not at all. Default: until served. */
            queueTimeoutSeconds?: number;
            access?: components["schemas"]["Access"];
            /**
             * @description maintenance: when the loan ends, keep the resource out of service until an admin returns it.
             * @default clean
             * @enum {string}
             */
            onRelease?: "clean" | "maintenance";
            note?: string;
        };
        /** @description A number of resources of a pool, or of a kind and type; or one named resource. */
        ReservationItem: {
            pool?: string;
            /** @description Any of these; earlier ones are preferred. */
            pools?: string[];
            /** @enum {string} */
            kind?: "account" | "vm" | "container" | "token" | "host" | "item";
            type?: string;
            labels?: {
                [key: string]: string;
            };
            /** @description One resource, by id or name. */
            resource?: string;
            /** @default 1 */
            count?: number;
        };
        /** @description How the holder logs in; anything left out is generated. */
        Access: {
            username?: string;
            password?: string;
            publicKey?: string;
        };
        /**
         * @example {
         *       "extendSeconds": 10,
         *       "note": "needs longer"
         *     }
         */
        ReservationChange: {
            extendSeconds?: number;
            /** @description null removes it. In any status, also after the end. */
            note?: string | null;
        };
        /**
         * @example {
         *       "setupToken": "the setup token",
         *       "name": "Ada",
         *       "email": "ada@example.org",
         *       "password": "correct horse battery"
         *     }
         */
        Setup: {
            setupToken: string;
            name: string;
            /** Format: email */
            email: string;
            password: string;
        };
        /**
         * @example {
         *       "name": "Bea",
         *       "email": "bea@example.org",
         *       "username": "bea",
         *       "password": "correct horse battery",
         *       "role": "user"
         *     }
         */
        NewUser: {
            name: string;
            /** Format: email */
            email?: string;
            username?: string;
            password?: string;
            /**
             * @default user
             * @enum {string}
             */
            role?: "user" | "admin";
        };
        /**
         * @example {
         *       "name": "Cid",
         *       "email": "cid@example.org",
         *       "username": "cid",
         *       "password": "correct horse battery",
         *       "role": "user"
         *     }
         */
        UserChange: {
            name?: string;
            /** Format: email */
            email?: string;
            username?: string;
            password?: string;
            /** @enum {string} */
            role?: "user" | "admin";
        };
        /**
         * @example {
         *       "name": "mine",
         *       "scopes": [
         *         "read"
         *       ],
         *       "expiresInSeconds": 60,
         *       "maxPriority": 0
         *     }
         */
        NewToken: {
            name: string;
            /** @description Default: read and reserve, as far as the calling credential has them. */
            scopes?: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics")[];
            /** @description Default, and at most: the remaining life of the calling credential. */
            expiresInSeconds?: number;
            /** @description Highest priority for its requests. Default: 0. */
            maxPriority?: number;
        };
        /**
         * @example {
         *       "name": "made",
         *       "kind": "vm",
         *       "driver": "simulated",
         *       "settings": {
         *         "latencyMs": 0
         *       },
         *       "types": [
         *         {
         *           "name": "small",
         *           "share": 1,
         *           "spec": {
         *             "cpu": 2
         *           }
         *         }
         *       ],
         *       "size": 0,
         *       "labels": {
         *         "zone": "a"
         *       },
         *       "lease": {
         *         "default": 60,
         *         "maximum": 120,
         *         "openEnded": false
         *       },
         *       "cleaning": {
         *         "retries": 3,
         *         "backoff": 1,
         *         "deadline": 5
         *       },
         *       "verification": {
         *         "interval": 60
         *       },
         *       "rotation": {
         *         "afterLease": true,
         *         "interval": 60
         *       },
         *       "pick": "lowest",
         *       "concurrency": 4
         *     }
         */
        NewPool: {
            /** @description Identifies the pool in requests and in the API. */
            name: string;
            /**
             * @description The kind of its resources.
             * @enum {string}
             */
            kind: "account" | "vm" | "container" | "token" | "host" | "item";
            /** @description The driver that makes, checks and cleans them. */
            driver: string;
            /** @description Settings of the driver. */
            settings?: {
                [key: string]: unknown;
            };
            /** @description With the driver simulated, which only pretends: `true` lets you list or import accounts all the same. Their passwords are replaced by made-up ones. */
            simulate?: boolean;
            /** @description The types of its resources; a single type `default` by default. */
            types?: {
                /** @description The name that requests use. */
                name: string;
                /** @description Its share of the size, relative to the other shares; 1 by default. */
                share?: number;
                /** @description The least number of this type, whatever the shares, as far as the size allows. */
                minimum?: number;
                /** @description Passed to the driver: how to make this type. */
                spec?: {
                    [key: string]: string | number;
                };
            }[];
            /** @description The number of resources that the server keeps. */
            size?: number;
            /** @description How many more are kept ready than are lent at once; 0 by default. */
            spares?: number;
            /**
             * @description `manual`: resources are created and deleted through the API only.
             * @enum {string}
             */
            sizing?: "managed" | "manual";
            /** @description Requests may narrow their choice by these. */
            labels?: {
                [key: string]: string;
            };
            /** @description How long resources are lent. */
            lease?: {
                /** @description Length of a lease for which none is requested; `never` needs openEnded. */
                default?: (null | "never") | (number | string);
                /** @description The longest a lease may be extended to, counted from its start. */
                maximum?: (null | "never") | (number | string);
                /** @description A lease ends if its holder sends no heartbeat for this long. */
                heartbeat?: (null | "never") | (number | string);
                /** @description How much later than that a heartbeat may be. */
                grace?: number | string;
                /** @description Whether a lease without an end may be requested. */
                openEnded?: boolean;
                /** @description How long opening access may take. */
                prepare?: number | string;
                /** @description How long before its end a lease is announced to end; 0: not at all. */
                notice?: number | string;
                /** @description Manual pools: an idle resource is removed after this long. */
                idleExpiry?: (null | "never") | (number | string);
            };
            /** @description How resources are cleaned after a loan. */
            cleaning?: {
                /**
                 * @description What start-up does with resources that have no live lease.
                 * @enum {string}
                 */
                onStart?: "clean" | "verify" | "nothing";
                /** @description Failures in a row after which a resource is quarantined. */
                retries?: number;
                /** @description First pause after a failure; it doubles with each further one. */
                backoff?: number | string;
                /** @description Longest pause after a failure. */
                backoffMaximum?: number | string;
                /** @description Pause between two attempts on a quarantined resource. */
                quarantineRetry?: number | string;
                /** @description Pause between cleaning and the next loan. */
                cooldown?: number | string;
                /** @description The longest that one driver call may take. */
                deadline?: number | string;
            };
            /** @description How idle resources are checked. */
            verification?: {
                /** @description Pause between two verifications of an idle resource. */
                interval?: (null | "never") | (number | string);
            };
            /** @description When credentials change. */
            rotation?: {
                /** @description Rotate the credential after every lease. */
                afterLease?: boolean;
                /** @description Rotate the credential of an idle resource after this long. */
                interval?: (null | "never") | (number | string);
            };
            /**
             * @description Which of several available resources is lent first.
             * @enum {string}
             */
            pick?: "lowest" | "random" | "longest_idle";
            /** @description The most driver calls of this pool at once. */
            concurrency?: number;
            /** @description The level that a return must show (R0 to R4), or the resource is quarantined; by default the highest that the driver can show. */
            minProof?: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /**
             * @description Tokens and sessions made from a login: `dead` before the next loan (default), or accepted until they expire, which the record says.
             * @enum {string}
             */
            derived?: "dead" | "acceptUntilExpiry";
            /** @description Whether every user may read the names of those who hold something of the pool, or wait for it; `false` by default. */
            shareHolders?: boolean;
        };
        /**
         * @description Changes only what is given, leaf by leaf, like a JSON merge patch (RFC 7396). A list such as `types` is one leaf. In `settings` and `labels` null removes a key; for a duration it means never.
         * @example {
         *       "size": 2,
         *       "labels": {
         *         "zone": "b"
         *       },
         *       "lease": {
         *         "default": 60
         *       },
         *       "cleaning": {
         *         "retries": 2
         *       },
         *       "pick": "random",
         *       "concurrency": 3
         *     }
         */
        PoolChange: {
            /** @description Merged into the driver's settings; null removes one and so restores its default. */
            settings?: {
                [key: string]: unknown;
            };
            /** @description With the driver simulated, which only pretends: `true` lets you list or import accounts all the same. Their passwords are replaced by made-up ones. */
            simulate?: boolean;
            /** @description The types of its resources; a single type `default` by default. */
            types?: {
                /** @description The name that requests use. */
                name: string;
                /** @description Its share of the size, relative to the other shares; 1 by default. */
                share?: number;
                /** @description The least number of this type, whatever the shares, as far as the size allows. */
                minimum?: number;
                /** @description Passed to the driver: how to make this type. */
                spec?: {
                    [key: string]: string | number;
                };
            }[];
            /** @description The number of resources that the server keeps. */
            size?: number;
            /** @description How many more are kept ready than are lent at once; 0 by default. */
            spares?: number;
            /** @description Merged into the labels; null removes one. */
            labels?: {
                [key: string]: string | null;
            };
            /** @description How long resources are lent. */
            lease?: {
                /** @description Length of a lease for which none is requested; `never` needs openEnded. */
                default?: (null | "never") | (number | string);
                /** @description The longest a lease may be extended to, counted from its start. */
                maximum?: (null | "never") | (number | string);
                /** @description A lease ends if its holder sends no heartbeat for this long. */
                heartbeat?: (null | "never") | (number | string);
                /** @description How much later than that a heartbeat may be. */
                grace?: number | string;
                /** @description Whether a lease without an end may be requested. */
                openEnded?: boolean;
                /** @description How long opening access may take. */
                prepare?: number | string;
                /** @description How long before its end a lease is announced to end; 0: not at all. */
                notice?: number | string;
                /** @description Manual pools: an idle resource is removed after this long. */
                idleExpiry?: (null | "never") | (number | string);
            };
            /** @description How resources are cleaned after a loan. */
            cleaning?: {
                /**
                 * @description What start-up does with resources that have no live lease.
                 * @enum {string}
                 */
                onStart?: "clean" | "verify" | "nothing";
                /** @description Failures in a row after which a resource is quarantined. */
                retries?: number;
                /** @description First pause after a failure; it doubles with each further one. */
                backoff?: number | string;
                /** @description Longest pause after a failure. */
                backoffMaximum?: number | string;
                /** @description Pause between two attempts on a quarantined resource. */
                quarantineRetry?: number | string;
                /** @description Pause between cleaning and the next loan. */
                cooldown?: number | string;
                /** @description The longest that one driver call may take. */
                deadline?: number | string;
            };
            /** @description How idle resources are checked. */
            verification?: {
                /** @description Pause between two verifications of an idle resource. */
                interval?: (null | "never") | (number | string);
            };
            /** @description When credentials change. */
            rotation?: {
                /** @description Rotate the credential after every lease. */
                afterLease?: boolean;
                /** @description Rotate the credential of an idle resource after this long. */
                interval?: (null | "never") | (number | string);
            };
            /**
             * @description Which of several available resources is lent first.
             * @enum {string}
             */
            pick?: "lowest" | "random" | "longest_idle";
            /** @description The most driver calls of this pool at once. */
            concurrency?: number;
            /** @description The level that a return must show (R0 to R4), or the resource is quarantined; by default the highest that the driver can show. */
            minProof?: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /**
             * @description Tokens and sessions made from a login: `dead` before the next loan (default), or accepted until they expire, which the record says.
             * @enum {string}
             */
            derived?: "dead" | "acceptUntilExpiry";
            /** @description Whether every user may read the names of those who hold something of the pool, or wait for it; `false` by default. */
            shareHolders?: boolean;
        };
        /**
         * @example {
         *       "pool": "manual",
         *       "type": "default"
         *     }
         */
        NewResource: {
            pool: string;
            type?: string;
            /** @description Of a resource that exists already; without it, the driver makes one. */
            name?: string;
            /** @description Lends it to this many holders at once: each seat is a resource, `<name>.1` and so on. The answer shows the first. */
            seats?: number;
            /** @description Shown to everybody, in `details`: host, port, url. */
            fields?: {
                [key: string]: string | number;
            };
            /** @description Shown to the holder only, as `credentials` of the loan. */
            secrets?: {
                [key: string]: string;
            };
        };
        /**
         * @example {
         *       "adminState": "maintenance",
         *       "reason": "its fan is broken"
         *     }
         */
        ResourceChange: {
            /** @enum {string} */
            adminState: "in_service" | "maintenance" | "draining";
            /** @description Why, in a few words; it stands in the event. */
            reason?: string;
            /**
             * Format: date-time
             * @description Maintenance only: when it comes back by itself (RFC 3339).
             */
            until?: string;
        };
        /**
         * @description The fields of the credential, such as `username` and `password`.
         * @example {
         *       "username": "lab-1",
         *       "password": "correct horse"
         *     }
         */
        NewCredential: {
            [key: string]: string | number;
        };
        /**
         * @example {
         *       "url": "https://hooks.example.org/holdfast",
         *       "types": [
         *         "lease.ending",
         *         "lease.lost"
         *       ],
         *       "description": "tells the chat"
         *     }
         */
        NewWebhook: {
            /** @description https, to a public address; others only as WEBHOOK_ALLOW of the server lists them. */
            url: string;
            /** @description Default: the start and the end of leases. */
            types?: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool?: string | null;
            description?: string;
            /** @enum {string} */
            state?: "active" | "disabled";
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody?: boolean;
        };
        /**
         * @example {
         *       "types": [
         *         "lease.lost"
         *       ]
         *     }
         */
        WebhookChange: {
            /** @description https, to a public address; others only as WEBHOOK_ALLOW of the server lists them. */
            url?: string;
            types?: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool?: string | null;
            description?: string;
            /** @enum {string} */
            state?: "active" | "disabled";
        };
        /**
         * @example {
         *       "from": 1,
         *       "to": 1
         *     }
         */
        Replay: {
            /** @description The `seq` of the first event. */
            from: number;
            /** @description Of the last one; the same for a single event. Default: the newest. */
            to?: number;
        };
        /**
         * @example {
         *       "handle": "from the answer that began the sign-in"
         *     }
         */
        GithubDeviceToken: {
            handle: string;
        };
        /** @description `asOf`: when the server looked, by its clock. A caller whose clock is another counts what is left of the lease from there: `endsAt` and `heartbeatBy` minus `asOf`. */
        Reservation: {
            id: string;
            /** @enum {string} */
            status: "queued" | "preparing" | "active" | "ended";
            endReason: ("released" | "expired" | "revoked" | "failed" | "cancelled" | "timed_out" | "refused") | null;
            endDetail: string | null;
            /** @description Place in the queue, 1 for the next; null unless queued, and in lists. */
            position: number | null;
            /** @description False: more requests are ahead of it than were counted. */
            positionIsExact: boolean;
            /** @description The reason why it waits, in a sentence for people. */
            waitingFor: string | null;
            /** @description Why each item waits, for programs. Only while it is queued, and where one reservation is asked for by GET. */
            waiting?: components["schemas"]["WaitingItem"][];
            priority: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            requestedAt: string;
            startsAt: string | null;
            endsAt: string | null;
            heartbeatBy: string | null;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            asOf: string;
            endedAt: string | null;
            userId: string;
            /** @description The admin who asked on behalf of the user; null: they asked themselves. */
            requestedBy: string | null;
            note: string | null;
            items: {
                [key: string]: unknown;
            }[];
            resources: {
                id: string;
                name: string;
                pool: string;
                /** @enum {string} */
                kind: "account" | "vm" | "container" | "token" | "host" | "item";
                type: string;
                /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
                simulated: boolean;
                item: number;
                /** @description The fencing number of this loan. */
                generation: number;
                details: {
                    [key: string]: string | number;
                };
                /** @description For the holder only, while active. */
                credentials: {
                    [key: string]: string | number;
                } | null;
                /** @description False: it cannot be rotated; the credential stays the same after the loan. */
                rotates: boolean;
            }[];
        };
        WaitingItem: {
            /** @description The item of the request, from 0. */
            item: number;
            /** @description How many of its count are not held for it. */
            missing: number;
            /** @description Requests before it, counted up to 501. */
            ahead: number;
            because: {
                /**
                 * @description held: lent to others. ahead: requests before it. booked: kept for another queued request. cleaning: being made, cleaned or checked. maintenance: an admin has it. quarantined: it failed. none: there is no such resource now.
                 * @enum {string}
                 */
                reason: "held" | "ahead" | "booked" | "cleaning" | "maintenance" | "quarantined" | "none";
                /** @description Resources; for ahead, requests. */
                count: number;
                /**
                 * Format: date-time
                 * @description When the first of them is over, unless it is put off; cleaning: at the latest, if nothing fails. Absent: nobody knows.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until?: string;
            }[];
        };
        /** @description An error (RFC 9457). `code` is stable. */
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            /** @description The input at fault. */
            field?: string;
            requestId: string;
        };
        ReservationList: {
            items: {
                id: string;
                /** @enum {string} */
                status: "queued" | "preparing" | "active" | "ended";
                endReason: ("released" | "expired" | "revoked" | "failed" | "cancelled" | "timed_out" | "refused") | null;
                endDetail: string | null;
                /** @description Place in the queue, 1 for the next; null unless queued, and in lists. */
                position: number | null;
                /** @description False: more requests are ahead of it than were counted. */
                positionIsExact: boolean;
                /** @description The reason why it waits, in a sentence for people. */
                waitingFor: string | null;
                priority: number;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                requestedAt: string;
                startsAt: string | null;
                endsAt: string | null;
                heartbeatBy: string | null;
                endedAt: string | null;
                userId: string;
                /** @description The admin who asked on behalf of the user; null: they asked themselves. */
                requestedBy: string | null;
                note: string | null;
                items: {
                    [key: string]: unknown;
                }[];
                /** @description Its holder; null if the user has been deleted. */
                user: {
                    id: string;
                    name: string;
                } | null;
                /** @description Names of what it has or had, at most 20. */
                resources: {
                    id: string;
                    name: string;
                }[];
                hasMoreResources: boolean;
            }[];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        SetupAnswer: {
            user: components["schemas"]["User"];
            /** @description The secret of an API token; shown only here. */
            token: string;
        };
        User: {
            id: string;
            number: number;
            name: string;
            email: string | null;
            username: string | null;
            /** @enum {string} */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
        };
        UserList: {
            items: components["schemas"]["User"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        Me: {
            id: string;
            number: number;
            name: string;
            email: string | null;
            username: string | null;
            /** @enum {string} */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics")[];
            maxPriority: number;
            apiTokenId: string | null;
            /** @description Addresses other than `email`. */
            emails: {
                email: string;
                verified: boolean;
            }[];
            /** @description Public keys that open what you borrow. */
            sshKeys: {
                key: string;
                /** @enum {string} */
                source: "github";
            }[];
        };
        NewTokenAnswer: {
            id: string;
            name: string;
            userId: string;
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics")[];
            maxPriority: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            expiresAt: string | null;
            lastUsedAt: string | null;
            revokedAt: string | null;
            /** @description The secret, shown once; null in the answer to a repeated request. */
            token: string | null;
        };
        TokenList: {
            items: components["schemas"]["Token"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        Token: {
            id: string;
            name: string;
            userId: string;
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics")[];
            maxPriority: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            expiresAt: string | null;
            lastUsedAt: string | null;
            revokedAt: string | null;
        };
        /** @description Durations in seconds; null means never. */
        Pool: {
            id: string;
            name: string;
            kind: string;
            driver: string;
            /** @description For admins only. */
            settings?: {
                [key: string]: unknown;
            };
            /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
            simulated: boolean;
            /** @description True: real things may be imported into this pool although it is simulated. */
            simulate: boolean;
            /** @enum {string} */
            sizing: "managed" | "manual";
            size: number;
            /** @description How many more are kept ready than are lent at once. */
            spares: number;
            types: {
                name: string;
                share: number;
                minimum?: number;
                spec: {
                    [key: string]: string | number;
                };
            }[];
            labels: {
                [key: string]: string;
            };
            lease: {
                default: number | null;
                maximum: number | null;
                heartbeat: number | null;
                grace: number;
                openEnded: boolean;
                prepare: number;
                notice?: number;
                idleExpiry: number | null;
            };
            cleaning: {
                onStart: string;
                retries: number;
                backoff: number;
                backoffMaximum: number;
                quarantineRetry: number;
                cooldown: number;
                deadline: number;
            };
            verification: {
                interval: number | null;
            };
            rotation: {
                afterLease: boolean;
                interval: number | null;
            };
            pick: string;
            concurrency: number;
            /** @description The level that a return must show; null: that of `proof`. */
            minProof: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /** @enum {string} */
            derived: "dead" | "acceptUntilExpiry";
            /** @description May every user read the names of those who hold something of it, or wait? */
            shareHolders: boolean;
            /**
             * @description The level below which nothing is lent again.
             * @enum {string}
             */
            proof: "R0" | "R1" | "R2" | "R3" | "R4";
            /** @description What the driver can do. Without `rotates`, a credential outlives the loan. */
            capabilities: {
                provisions: boolean;
                rotates: boolean;
                opensAccess: boolean;
                accessByKey: boolean;
                staticCredential: boolean;
                leavesNothing: boolean;
                /** @description True: nothing is cleaned or changed between two loans. */
                lendsAsIs?: boolean;
                replaces: boolean;
                /**
                 * @description The highest level that a return can show; R0 if absent.
                 * @enum {string}
                 */
                proves?: "R0" | "R1" | "R2" | "R3" | "R4";
            };
            /** @description Why nothing can be made, cleaned or opened now: the back end as a whole fails. For admins only. */
            failing?: {
                reason: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                retryAt: string;
            } | null;
            /** @enum {string} */
            origin: "file" | "api";
            deleting: boolean;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            counts: components["schemas"]["Counts"];
        };
        /** @description Resources by state. */
        Counts: {
            [key: string]: number;
        };
        PoolList: {
            items: components["schemas"]["Pool"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        PoolDeletion: {
            /** @description Running loans that the deletion waits for. */
            lent: number;
        };
        HolderList: {
            items: components["schemas"]["Holder"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        Holder: {
            resource: {
                id: string;
                name: string;
                type: string;
            };
            /** @description For its user and for admins only; null for others. */
            reservationId: string | null;
            /** @description null: the pool does not show others who it is (`shareHolders`), or the user is deleted. */
            holder: {
                userId: string;
                name: string;
            } | null;
            /** @description Does the caller hold it? */
            mine: boolean;
            /** @enum {string} */
            status: "preparing" | "active";
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description When the loan ends, unless it is extended; null: no end, or not begun yet. */
            until: string | null;
        };
        QueueList: {
            items: components["schemas"]["QueueEntry"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        QueueEntry: {
            /** @description Place in the queue, 1 for the next, as in the reservation itself. */
            position: number;
            positionIsExact: boolean;
            /** @description For its user and for admins only; null for others. */
            reservationId: string | null;
            /** @description null: the pool does not show others who it is (`shareHolders`), or the user is deleted. */
            user: {
                userId: string;
                name: string;
            } | null;
            /** @description Is it a request of the caller? */
            mine: boolean;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            priority: number;
            /** @description True: others go past, because something that it lacks cannot come by itself. */
            parked: boolean;
            /** @description The part of the request that waits for this pool. */
            items: {
                item: number;
                /** @description Any of these types of the pool. */
                types: string[];
                /** @description The one resource that it names. */
                resourceId: string | null;
                count: number;
                missing: number;
            }[];
        };
        ResourceList: {
            items: components["schemas"]["Resource"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        Resource: {
            id: string;
            name: string;
            pool: string;
            number: number;
            /** @enum {string} */
            kind: "account" | "vm" | "container" | "token" | "host" | "item";
            type: string;
            labels: {
                [key: string]: string;
            };
            /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
            simulated: boolean;
            /** @enum {string} */
            status: "provisioning" | "dirty" | "cleaning" | "available" | "spare" | "allocated" | "quarantined" | "destroying" | "destroyed";
            /** @enum {string} */
            adminState: "in_service" | "maintenance" | "draining";
            /** @description When its maintenance ends by itself; null: when an admin says, or it is in none. */
            maintenanceUntil: string | null;
            /** @description Can be lent now. */
            available: boolean;
            generation: number;
            /** @description Why it is quarantined or failing. For admins only. */
            reason?: string | null;
            failures: number;
            /** @description On its way back from a loan: the present step, when it is tried next or must have ended, and why it waits. For admins only. */
            returning?: {
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                step: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                nextAt: string;
                reason: string | null;
            } | null;
            details: {
                [key: string]: string | number;
            };
            verifiedAt: string | null;
            rotatedAt: string | null;
            cleanedAt: string | null;
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description For admins only. */
            heldBy?: {
                reservationId: string;
                userId: string;
            } | null;
        };
        LoanList: {
            items: components["schemas"]["Loan"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description Who had a resource, and when. */
        Loan: {
            reservation: string;
            user: {
                id: string;
                /** @description null: the user is forgotten. */
                name: string | null;
            };
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description null: it goes on. */
            until: string | null;
        };
        /** @description The return of each resource before this loan of it. */
        ReturnsBefore: {
            items: {
                resourceId: string;
                resource: string;
                /** @description null: its record is not kept. */
                return: {
                    /**
                     * Format: date-time
                     * @description An instant in UTC (RFC 3339).
                     * @example 2026-01-01T12:00:00.000Z
                     */
                    at: string;
                    /** @enum {string} */
                    outcome: "returned" | "refused" | "removed";
                    /**
                     * @description R0: nothing was shown. R1: the login of the last holder is refused. R2: so are all tokens and sessions made from it, or they have expired. R3: what the holder may have planted was searched for twice. R4: the resource is a new one.
                     * @enum {string}
                     */
                    level: "R0" | "R1" | "R2" | "R3" | "R4";
                    /** @description The level that the pool asked for; null where there was no holder. */
                    needed: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
                    /** @enum {string} */
                    cause: "loan" | "unopened" | "new" | "cleaning" | "restore";
                    /**
                     * Format: date-time
                     * @description When the loan ended, or the way back began otherwise.
                     * @example 2026-01-01T12:00:00.000Z
                     */
                    since: string;
                    driver: string;
                    /** @description Of Holdfast, its drivers included. */
                    version: string;
                    shown: components["schemas"]["ReturnEvidenceForBorrowers"];
                    steps: {
                        /** @enum {string} */
                        step: "openAccess" | "closeAccess" | "clean" | "issueCredential" | "retireCredential" | "verify" | "provision" | "destroy" | "proveCredential";
                        /**
                         * Format: date-time
                         * @description An instant in UTC (RFC 3339).
                         * @example 2026-01-01T12:00:00.000Z
                         */
                        since: string;
                        /**
                         * Format: date-time
                         * @description An instant in UTC (RFC 3339).
                         * @example 2026-01-01T12:00:00.000Z
                         */
                        until: string;
                        /** @description How many calls of the driver ended. */
                        calls: number;
                        failures: number;
                    }[];
                } | null;
            }[];
        };
        /** @description Without hosts, paths and handles. */
        ReturnEvidenceForBorrowers: {
            /** @description The login that was lent was refused, this many times in a row. */
            refused?: {
                times: number;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How often another login was accepted meanwhile. */
                accepted: number;
            };
            /** @description Tokens and sessions made from it; `until`: none can live longer. */
            derived?: {
                /** @enum {string} */
                how: "none" | "ended" | "refused" | "expired" | "acceptedUntilExpiry";
                until: string | null;
            };
            /** @description The search for what the holder may have planted. */
            searched?: {
                passes: number;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                found: number;
                /** @description SHA-256 of what is there after the last pass. */
                inventory: string;
            };
            /** @description The resource is a new one; the old one is gone. */
            replaced?: Record<string, never>;
        };
        ReturnList: {
            items: components["schemas"]["ReturnRecord"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description What one return has shown. */
        ReturnRecord: {
            /** @description Its number in the chain of all records. */
            seq: number;
            /** @description SHA-256 of the record and the hash before it. */
            hash: string;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            at: string;
            /** @enum {string} */
            outcome: "returned" | "refused" | "removed";
            /**
             * @description R0: nothing was shown. R1: the login of the last holder is refused. R2: so are all tokens and sessions made from it, or they have expired. R3: what the holder may have planted was searched for twice. R4: the resource is a new one.
             * @enum {string}
             */
            level: "R0" | "R1" | "R2" | "R3" | "R4";
            /** @description The level that the pool asked for; null where there was no holder. */
            needed: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /** @enum {string} */
            cause: "loan" | "unopened" | "new" | "cleaning" | "restore";
            /**
             * Format: date-time
             * @description When the loan ended, or the way back began otherwise.
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            driver: string;
            /** @description Of Holdfast, its drivers included. */
            version: string;
            resourceId: string;
            resource: string;
            /** @enum {string} */
            kind: "account" | "vm" | "container" | "token" | "host" | "item";
            type: string;
            pool: string;
            generation: number;
            reservationId: string | null;
            shown: components["schemas"]["ReturnEvidence"];
            steps: {
                /** @enum {string} */
                step: "openAccess" | "closeAccess" | "clean" | "issueCredential" | "retireCredential" | "verify" | "provision" | "destroy" | "proveCredential";
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How many calls of the driver ended. */
                calls: number;
                failures: number;
                /** @description The last failure, as the driver told it. */
                failure: string | null;
            }[];
        };
        ReturnEvidence: {
            /** @description The login that was lent was refused, this many times in a row. */
            refused?: {
                endpoint: string;
                times: number;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How often another login was accepted meanwhile. */
                accepted: number;
            };
            /** @description Tokens and sessions made from it; `until`: none can live longer. */
            derived?: {
                /** @enum {string} */
                how: "none" | "ended" | "refused" | "expired" | "acceptedUntilExpiry";
                until: string | null;
            };
            /** @description The search for what the holder may have planted. */
            searched?: {
                passes: number;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description An instant in UTC (RFC 3339).
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                found: number;
                /** @description SHA-256 of what is there after the last pass. */
                inventory: string;
            };
            /** @description The resource is a new one; the old one, of this id, is gone. */
            replaced?: {
                gone: string;
            };
        };
        ChainReport: {
            ok: boolean;
            /** @description How many are kept, and were looked at. */
            records: number;
            /** @description The newest. Keep its hash elsewhere: it shows if all records were written anew. */
            head: {
                seq: number;
                hash: string;
            } | null;
            /** @description The newest of those that were forgotten by age. */
            forgotten: {
                seq: number;
                hash: string;
            } | null;
            /** @description The first hundred. */
            faults: {
                /** @enum {string} */
                fault: "altered" | "misplaced" | "missing";
                seq: number;
                /** @description The last of those that are missing. */
                through?: number;
                resource?: string | null;
            }[];
            faultCount: number;
        };
        /** @description A page may hold fewer than `limit` events although `nextCursor` leads on. */
        EventList: {
            items: components["schemas"]["Event"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description One fact, as it was committed. It holds no secret. */
        Event: {
            /** @description Rises in the order of commits; may leave gaps. */
            seq: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            at: string;
            /** @enum {string} */
            type: "reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted";
            /** @description null: older than the upgrade that keeps it. */
            actor: {
                /**
                 * @description user: by password. token: a user by an API token. job: in the background. system: the server, or a command at it. legacy: a legacy API in its own name.
                 * @enum {string}
                 */
                kind: "user" | "token" | "job" | "system" | "legacy";
                /** @description Of the user; the name of a job, a command or a route. */
                id: string;
                /** @description At that time. */
                name: string;
                /** @description The id of the API token. */
                token: string | null;
            } | null;
            /** @description The X-Request-ID of the call. */
            requestId: string | null;
            /** @description Of the call (W3C Trace Context). */
            traceparent: string | null;
            /** @description Of the caller; null: not over HTTP. */
            address: string | null;
            pool: {
                id: string;
                /** @description null: it is gone. */
                name: string | null;
            } | null;
            resource: {
                id: string;
                /** @description null: it is gone. */
                name: string | null;
            } | null;
            reservation: string | null;
            /** @description The id of the user whom it is about. */
            user: string | null;
            /** @description Depends on the type. */
            data: {
                [key: string]: string | number | boolean | null;
            };
            /** @description Old and new values of the fields that were set. */
            changed: {
                [key: string]: {
                    from: unknown;
                    to: unknown;
                };
            } | null;
        };
        NewWebhookAnswer: {
            id: string;
            /** @description Its rights are those of this user. */
            userId: string;
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody: boolean;
            url: string;
            types: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool: string | null;
            description: string;
            /** @enum {string} */
            state: "active" | "disabled";
            /** @description Why the server has disabled it. */
            reason: string | null;
            /** @description All events up to this number were looked at. */
            cursor: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description Shown only here; null in the answer to a repeated request. */
            secret: string | null;
        };
        WebhookList: {
            items: components["schemas"]["Webhook"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        Webhook: {
            id: string;
            /** @description Its rights are those of this user. */
            userId: string;
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody: boolean;
            url: string;
            types: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool: string | null;
            description: string;
            /** @enum {string} */
            state: "active" | "disabled";
            /** @description Why the server has disabled it. */
            reason: string | null;
            /** @description All events up to this number were looked at. */
            cursor: number;
            /**
             * Format: date-time
             * @description An instant in UTC (RFC 3339).
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
        };
        WebhookSecret: {
            /** @description Shown only here; null in the answer to a repeated request. */
            secret: string | null;
        };
        WebhookDeliveryList: {
            items: components["schemas"]["WebhookDelivery"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        WebhookDelivery: {
            /** @description The `webhook-id` of each try. */
            id: string;
            /** @description The number of the event. */
            seq: number;
            /** @enum {string} */
            type: "reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted";
            reservation: string | null;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed";
            tries: number;
            nextTryAt: string | null;
            lastTryAt: string | null;
            lastStatus: number | null;
            lastError: string | null;
            finishedAt: string | null;
        };
        SignedIn: {
            user: components["schemas"]["User"];
            /** @description The secret of an API token that lasts 30 days; shown only here. */
            token: string;
        };
        GithubDevice: {
            /** @description Opaque; proves that you started this sign-in. Keep it secret. */
            handle: string;
            /** @description The code for the user to type at `verificationUri`. */
            userCode: string;
            /** Format: uri */
            verificationUri: string;
            /** @description Wait this long before each attempt. */
            intervalSeconds: number;
            expiresInSeconds: number;
        };
        GithubPending: {
            /** @constant */
            status: "pending";
            /** @description Wait this long before the next attempt; after several answers, use the longest time. */
            intervalSeconds: number;
        };
        Stats: {
            resources: components["schemas"]["Counts"];
            pools: {
                name: string;
                kind: string;
                counts: components["schemas"]["Counts"];
            }[];
            reservations: {
                queued: number;
                preparing: number;
                active: number;
            };
        };
        Welcome: {
            name: string;
            version: string;
            links: {
                [key: string]: string;
            };
        } & {
            [key: string]: number;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "failing";
            failing: string[];
        };
        Readiness: {
            /** @enum {string} */
            status: "ok" | "failing";
            failing: string[];
            /** @description Faults that an operator has to mend. */
            warnings: string[];
        };
        Version: {
            version: string;
            commit: string | null;
            node: string;
            sqlite: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
