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
         * @description A page may hold fewer than `limit` entries although more follow: go by `nextCursor`.
         *
         *     Needs the scope `read`.
         */
        get: operations["listReservations"];
        put?: never;
        /**
         * Request resources: all items at once, or a place in the queue
         * @description All items are lent together, or the request waits in a queue for all of them: 202, unless `queueTimeoutSeconds` is 0. With `?wait=` the answer is held until it has been served. 409 `not_served` means that it ended without a loan.
         *
         *     Needs the scope `reserve`.
         */
        post: operations["createReservation"];
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
         * @description `credentials` are shown to the holder alone, and only while the lease lasts.
         *
         *     Needs the scope `read`.
         */
        get: operations["getReservation"];
        put?: never;
        post?: never;
        /**
         * Release what is held, or leave the queue; an admin revokes
         * @description The lease is over at once; cleaning follows in the background.
         *
         *     Needs the scope `reserve`.
         */
        delete: operations["releaseReservation"];
        options?: never;
        head?: never;
        /**
         * Extend the lease, or change the note
         * @description An extension counts from the present end, up to the maximum of the pools. A lease that is over cannot be extended.
         *
         *     Needs the scope `reserve`.
         */
        patch: operations["updateReservation"];
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
         * @description Needed only where `heartbeatBy` is set: without it the lease ends then.
         *
         *     Needs the scope `reserve`.
         */
        post: operations["heartbeatReservation"];
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
         * @description Works once, on a server without an admin.
         *
         *     Public; a credential that is shown has to be right.
         */
        post: operations["setUp"];
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
        get: operations["listUsers"];
        put?: never;
        /**
         * Add a user
         * @description Needs the scope `admin`.
         */
        post: operations["createUser"];
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
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete a user, and end their reservations
         * @description What they borrowed ends, and is cleaned like any other loan.
         *
         *     Needs the scope `admin`.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change a user: yourself, or anybody as an admin
         * @description Only admins change roles. A password needs an admin, or a credential with all rights of its user that does not end by itself.
         *
         *     Needs the scope `self`.
         */
        patch: operations["updateUser"];
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
        get: operations["getMe"];
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
        get: operations["listTokens"];
        put?: never;
        /**
         * Create an API token with at most the rights of the calling credential
         * @description A token cannot do more, or live longer, than the credential that made it.
         *
         *     Needs the scope `self`.
         */
        post: operations["createToken"];
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
        delete: operations["revokeToken"];
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
        get: operations["listPools"];
        put?: never;
        /**
         * Create a pool
         * @description The pool is there at once; its resources are made in the background.
         *
         *     Needs the scope `admin`.
         */
        post: operations["createPool"];
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
        get: operations["getPool"];
        put?: never;
        post?: never;
        /**
         * Drain a pool and delete it; running loans are left alone
         * @description Nothing more is lent of it. It is gone once its loans have ended and its resources are removed.
         *
         *     Needs the scope `admin`.
         */
        delete: operations["deletePool"];
        options?: never;
        head?: never;
        /**
         * Resize or change a pool; running loans are left alone
         * @description A new size is carried out in the background. With `If-Match`, a change of somebody else since you read the pool is a 412.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["updatePool"];
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
         * @description Names of others are shown to admins, and to everybody if the pool says `shareHolders`.
         *
         *     Needs the scope `read`.
         */
        get: operations["listPoolHolders"];
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
         * @description Names of others are shown to admins, and to everybody if the pool says `shareHolders`.
         *
         *     Needs the scope `read`.
         */
        get: operations["listPoolQueue"];
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
        get: operations["listResources"];
        put?: never;
        /**
         * Have one made in a manual pool, or list one that exists already
         * @description Without `name`, the driver makes one. With `name`, it exists already, and `fields` and `secrets` describe it.
         *
         *     Needs the scope `admin`.
         */
        post: operations["createResource"];
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
        get: operations["getResource"];
        put?: never;
        post?: never;
        /**
         * Remove a resource; a lent one stays until its loan ends
         * @description Needs the scope `admin`.
         */
        delete: operations["deleteResource"];
        options?: never;
        head?: never;
        /**
         * Put a resource in service or in maintenance, for a time or until told, or drain it
         * @description A running loan is left alone; the decision holds from its end on.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["updateResource"];
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
         * @description For callers who know the resource and not the reservation.
         *
         *     Needs the scope `reserve`.
         */
        post: operations["keepResourceAlive"];
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
        post: operations["cleanResource"];
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
        post: operations["unquarantineResource"];
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
         * @description For a resource whose credential was changed elsewhere. The fields are those of its driver.
         *
         *     Needs the scope `admin`.
         */
        post: operations["replaceResourceCredential"];
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
        get: operations["listResourceLoans"];
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
         * @description For the borrower: what shows that whoever had the resource before is out.
         *
         *     Needs the scope `read`.
         */
        get: operations["getReturnsBefore"];
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
        get: operations["listResourceReturns"];
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
        get: operations["listReturns"];
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
         * @description Looks at the whole chain of hashes; with many records it takes a while.
         *
         *     Needs the scope `admin`.
         */
        get: operations["verifyReturns"];
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
         * @description Admins see all events, others those about themselves. With `Accept: text/event-stream` it is a stream of the events to come, which goes on after `Last-Event-ID`.
         *
         *     Needs the scope `read`.
         */
        get: operations["listEvents"];
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
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have events sent to an address
         * @description Admins may be told of everything, others of what is about them. `secret` signs each call, and is shown only here.
         *
         *     Needs the scope `self`.
         */
        post: operations["createWebhook"];
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
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook, and what waits for it
         * @description Needs the scope `self`.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Needs the scope `self`.
         */
        patch: operations["updateWebhook"];
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
        post: operations["rotateWebhookSecret"];
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
         * @description The event has the type `webhook.tested`.
         *
         *     Needs the scope `self`.
         */
        post: operations["testWebhook"];
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
         * @description Only events that the webhook may see and that are still kept.
         *
         *     Needs the scope `self`.
         */
        post: operations["replayWebhook"];
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
        get: operations["listWebhookDeliveries"];
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
        get: operations["beginGithubSignIn"];
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
        get: operations["finishGithubSignIn"];
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
         * @description Show `userCode` and `verificationUri` to the user, and keep `handle` for the call that finishes it.
         *
         *     Public; a credential that is shown has to be right.
         */
        post: operations["beginGithubDeviceSignIn"];
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
         * @description Call it every `intervalSeconds` until the answer is no longer 202.
         *
         *     Public; a credential that is shown has to be right.
         */
        post: operations["finishGithubDeviceSignIn"];
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
        get: operations["getStats"];
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
         * @description A request for resources, and the terms of their loan.
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
            /** @description All of them are lent at once, or none. */
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
            /**
             * @description Higher ones are served earlier; at most that of the credential.
             * @default 0
             */
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
            /** @description For people: what it is for. */
            note?: string;
        };
        /** @description A number of resources of a pool, or of a kind and type; or one named resource. */
        ReservationItem: {
            /** @description Of this pool, by name. */
            pool?: string;
            /** @description Any of these; earlier ones are preferred. */
            pools?: string[];
            /**
             * @description Of this kind, in any pool.
             * @enum {string}
             */
            kind?: "account" | "vm" | "container" | "token" | "host" | "item";
            /** @description Of this type; default: any. */
            type?: string;
            /** @description Only of pools that have all these labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description One resource, by id or name. */
            resource?: string;
            /**
             * @description How many.
             * @default 1
             */
            count?: number;
        };
        /** @description How the holder logs in; anything left out is generated. */
        Access: {
            /** @description The name to log in with. */
            username?: string;
            /** @description The password to log in with; not together with `publicKey`. */
            password?: string;
            /** @description The key to log in with, as one line of `authorized_keys`. */
            publicKey?: string;
        };
        /**
         * @description At least one of these.
         * @example {
         *       "extendSeconds": 10,
         *       "note": "needs longer"
         *     }
         */
        ReservationChange: {
            /** @description How much later the lease ends than it would now. */
            extendSeconds?: number;
            /** @description null removes it. In any status, also after the end. */
            note?: string | null;
        };
        /**
         * @description The first admin.
         * @example {
         *       "setupToken": "the setup token",
         *       "name": "Ada",
         *       "email": "ada@example.org",
         *       "password": "correct horse battery"
         *     }
         */
        Setup: {
            /** @description Printed at the first start, or given by the setting SETUP_TOKEN. */
            setupToken: string;
            /** @description The name that others read. */
            name: string;
            /**
             * Format: email
             * @description Signs in together with the password.
             */
            email: string;
            /** @description Signs in; only a hash of it is kept. */
            password: string;
        };
        /**
         * @description A user to be added.
         * @example {
         *       "name": "Bea",
         *       "email": "bea@example.org",
         *       "username": "bea",
         *       "password": "correct horse battery",
         *       "role": "user"
         *     }
         */
        NewUser: {
            /** @description The name that others read. */
            name: string;
            /**
             * Format: email
             * @description Signs in together with the password.
             */
            email?: string;
            /** @description A short name, which is nobody else's. */
            username?: string;
            /** @description Signs in; only a hash of it is kept. */
            password?: string;
            /**
             * @description admin: may do everything.
             * @default user
             * @enum {string}
             */
            role?: "user" | "admin";
        };
        /**
         * @description Only what is given changes.
         * @example {
         *       "name": "Cid",
         *       "email": "cid@example.org",
         *       "username": "cid",
         *       "password": "correct horse battery",
         *       "role": "user"
         *     }
         */
        UserChange: {
            /** @description The name that others read. */
            name?: string;
            /**
             * Format: email
             * @description Signs in together with the password.
             */
            email?: string;
            /** @description A short name, which is nobody else's. */
            username?: string;
            /** @description Signs in; only a hash of it is kept. */
            password?: string;
            /**
             * @description admin: may do everything.
             * @enum {string}
             */
            role?: "user" | "admin";
        };
        /**
         * @description A token to be made, with at most the rights of the calling credential.
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
            /** @description The name that others read. */
            name: string;
            /** @description Default: read and reserve, as far as the calling credential has them. secrets: an agent that uses it (MCP) is shown the passwords of what it borrows; read and reserve may give it. */
            scopes?: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics" | "secrets")[];
            /** @description Default, and at most: the remaining life of the calling credential. */
            expiresInSeconds?: number;
            /** @description Highest priority for its requests. Default: 0. */
            maxPriority?: number;
        };
        /**
         * @description A pool as an admin writes it, like one of the pools file. Durations are seconds.
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
         * @description A resource to be made, or one that exists already.
         * @example {
         *       "pool": "manual",
         *       "type": "default"
         *     }
         */
        NewResource: {
            /** @description The pool to add it to, by name. */
            pool: string;
            /** @description Its type. Default: the first one of the pool. */
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
         * @description What an admin decides about a resource.
         * @example {
         *       "adminState": "maintenance",
         *       "reason": "its fan is broken"
         *     }
         */
        ResourceChange: {
            /**
             * @description in_service: it is lent. maintenance: it is not. draining: it is removed after its loan.
             * @enum {string}
             */
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
         * @description A webhook to be made.
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
            /** @description Default: the start and the end of leases; if everybody, faults, too. */
            types?: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool?: string | null;
            /** @description For people: what it is for. */
            description?: string;
            /**
             * @description disabled: nothing is sent.
             * @enum {string}
             */
            state?: "active" | "disabled";
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody?: boolean;
        };
        /**
         * @description Only what is given changes.
         * @example {
         *       "types": [
         *         "lease.lost"
         *       ]
         *     }
         */
        WebhookChange: {
            /** @description https, to a public address; others only as WEBHOOK_ALLOW of the server lists them. */
            url?: string;
            /** @description The types of events that it is told of. */
            types?: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool?: string | null;
            /** @description For people: what it is for. */
            description?: string;
            /**
             * @description disabled: nothing is sent.
             * @enum {string}
             */
            state?: "active" | "disabled";
        };
        /**
         * @description A range of events.
         * @example {
         *       "from": 1,
         *       "to": 1
         *     }
         */
        Replay: {
            /** @description The `seq` of the first event. */
            from?: number;
            /** @description Of the last one; the same for a single event. Default: the newest. */
            to?: number;
            /**
             * Format: date-time
             * @description Instead of `from`: at this instant or later.
             */
            since?: string;
            /**
             * Format: date-time
             * @description Before this instant. Default: the newest.
             */
            until?: string;
        };
        /**
         * @description Names the sign-in to finish.
         * @example {
         *       "handle": "from the answer that began the sign-in"
         *     }
         */
        GithubDeviceToken: {
            /** @description From the answer that began the sign-in. */
            handle: string;
        };
        /**
         * @description A message of the Model Context Protocol (JSON-RPC 2.0).
         * @example {
         *       "jsonrpc": "2.0",
         *       "id": 1,
         *       "method": "initialize",
         *       "params": {
         *         "protocolVersion": "2025-11-25",
         *         "capabilities": {},
         *         "clientInfo": {
         *           "name": "an agent",
         *           "version": "1"
         *         }
         *       }
         *     }
         */
        McpMessage: {
            /**
             * @description Of JSON-RPC.
             * @constant
             */
            jsonrpc: "2.0";
        } & {
            [key: string]: unknown;
        };
        /** @description A request, and the loan that came of it. A caller whose clock differs counts what is left of the lease from `asOf`: `endsAt` and `heartbeatBy` minus `asOf`. */
        Reservation: {
            /** @description The id of the reservation, from the first answer on. */
            id: string;
            /**
             * @description Where it is in its life.
             * @enum {string}
             */
            status: "queued" | "preparing" | "active" | "ended";
            /** @description How it ended; null: it has not. */
            endReason: ("released" | "expired" | "revoked" | "failed" | "cancelled" | "timed_out" | "refused") | null;
            /** @description Why it ended, in a sentence; null: as asked. */
            endDetail: string | null;
            /** @description Place in the queue, 1 for the next; null unless queued, and in lists. */
            position: number | null;
            /** @description False: more requests are ahead of it than were counted. */
            positionIsExact: boolean;
            /** @description The reason why it waits, in a sentence for people. */
            waitingFor: string | null;
            /** @description Why each item waits, for programs. Only while it is queued, and where one reservation is asked for by GET. */
            waiting?: components["schemas"]["WaitingItem"][];
            /** @description From 0; higher ones are served earlier. */
            priority: number;
            /**
             * Format: date-time
             * @description When it was asked for.
             * @example 2026-01-01T12:00:00.000Z
             */
            requestedAt: string;
            /** @description When the lease began; null: not yet, or never. */
            startsAt: string | null;
            /** @description When the lease ends; null: never, or not known before it starts. */
            endsAt: string | null;
            /** @description The lease ends unless a heartbeat comes by then; null: none is asked for. */
            heartbeatBy: string | null;
            /**
             * Format: date-time
             * @description When the server looked, by its clock.
             * @example 2026-01-01T12:00:00.000Z
             */
            asOf: string;
            /** @description When it ended; null: it has not. */
            endedAt: string | null;
            /** @description The user whom it belongs to. */
            userId: string;
            /** @description The admin who asked on behalf of the user; null: they asked themselves. */
            requestedBy: string | null;
            /** @description For people: what it is for. */
            note: string | null;
            /** @description The request, item by item, as it was sent. */
            items: {
                [key: string]: unknown;
            }[];
            /** @description The resources that it has, or had when it ended. */
            resources: {
                /** @description The id of the resource. */
                id: string;
                /** @description Its name. */
                name: string;
                /** @description The name of its pool. */
                pool: string;
                /**
                 * @description The kind of thing that it is.
                 * @enum {string}
                 */
                kind: "account" | "vm" | "container" | "token" | "host" | "item";
                /** @description Its type within the pool. */
                type: string;
                /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
                simulated: boolean;
                /** @description The item of the request that it serves, from 0. */
                item: number;
                /** @description The fencing number of this loan. */
                generation: number;
                /** @description Where and how it is reached, as its driver reports: host, port, url. */
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
            /** @description With `expand=events`: of its last 20 those that you may see, the newest first. */
            events?: components["schemas"]["Event"][];
        };
        /** @description Why an item of a queued request waits. */
        WaitingItem: {
            /** @description The item of the request, from 0. */
            item: number;
            /** @description How many of its count are not held for it. */
            missing: number;
            /** @description Requests before it, counted up to 501. */
            ahead: number;
            /** @description The reasons, each with how many it holds up. */
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
        /** @description One fact, as it was committed. It holds no secret. */
        Event: {
            /** @description Rises in the order of commits; may leave gaps. */
            seq: number;
            /**
             * Format: date-time
             * @description When it was committed.
             * @example 2026-01-01T12:00:00.000Z
             */
            at: string;
            /**
             * @description The kind of fact; docs/events.md explains each.
             * @enum {string}
             */
            type: "reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted";
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
            /** @description The pool that it is about. */
            pool: {
                /** @description Its id, which stays when it is gone. */
                id: string;
                /** @description null: it is gone. */
                name: string | null;
            } | null;
            /** @description The resource that it is about. */
            resource: {
                /** @description Its id, which stays when it is gone. */
                id: string;
                /** @description null: it is gone. */
                name: string | null;
            } | null;
            /** @description The id of the reservation that it is about. */
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
                    /** @description The value before. */
                    from: unknown;
                    /** @description The value since. */
                    to: unknown;
                };
            } | null;
        };
        /** @description An error (RFC 9457). `code` is stable. */
        Problem: {
            /** @description Its code as a URN. */
            type: string;
            /** @description The code in a few words, always the same ones. */
            title: string;
            /** @description The status of the answer. */
            status: number;
            /** @description The kind of error; stable, for programs. */
            code: string;
            /** @description Its cause here and now, for people. */
            detail: string;
            /** @description The input at fault. */
            field?: string;
            /** @description The X-Request-ID of the call, which the log has too. */
            requestId: string;
        };
        /** @description A page of reservations. */
        ReservationList: {
            /** @description The entries of this page, in order. */
            items: {
                /** @description The id of the reservation, from the first answer on. */
                id: string;
                /**
                 * @description Where it is in its life.
                 * @enum {string}
                 */
                status: "queued" | "preparing" | "active" | "ended";
                /** @description How it ended; null: it has not. */
                endReason: ("released" | "expired" | "revoked" | "failed" | "cancelled" | "timed_out" | "refused") | null;
                /** @description Why it ended, in a sentence; null: as asked. */
                endDetail: string | null;
                /** @description Place in the queue, 1 for the next; null unless queued, and in lists. */
                position: number | null;
                /** @description False: more requests are ahead of it than were counted. */
                positionIsExact: boolean;
                /** @description The reason why it waits, in a sentence for people. */
                waitingFor: string | null;
                /** @description From 0; higher ones are served earlier. */
                priority: number;
                /**
                 * Format: date-time
                 * @description When it was asked for.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                requestedAt: string;
                /** @description When the lease began; null: not yet, or never. */
                startsAt: string | null;
                /** @description When the lease ends; null: never, or not known before it starts. */
                endsAt: string | null;
                /** @description The lease ends unless a heartbeat comes by then; null: none is asked for. */
                heartbeatBy: string | null;
                /** @description When it ended; null: it has not. */
                endedAt: string | null;
                /** @description The user whom it belongs to. */
                userId: string;
                /** @description The admin who asked on behalf of the user; null: they asked themselves. */
                requestedBy: string | null;
                /** @description For people: what it is for. */
                note: string | null;
                /** @description The request, item by item, as it was sent. */
                items: {
                    [key: string]: unknown;
                }[];
                /** @description With `expand=events`: of its last 20 those that you may see, the newest first. */
                events?: components["schemas"]["Event"][];
                /** @description Its holder; null if the user has been deleted. */
                user: {
                    /** @description The id of the user. */
                    id: string;
                    /** @description The name of the user. */
                    name: string;
                } | null;
                /** @description Names of what it has or had, at most 20. */
                resources: {
                    /** @description The id of the resource. */
                    id: string;
                    /** @description Its name. */
                    name: string;
                    /** @description With `expand=details`; empty unless the reservation has it now. */
                    details?: {
                        [key: string]: string | number;
                    };
                }[];
                /** @description True: it has or had more of them. */
                hasMoreResources: boolean;
            }[];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description The first admin, and a credential of theirs. */
        SetupAnswer: {
            user: components["schemas"]["User"];
            /** @description The secret of an API token; shown only here. */
            token: string;
        };
        /** @description Somebody who may call, with their own rights. */
        User: {
            /** @description The id of the user. */
            id: string;
            /** @description Rises with each user of this server. */
            number: number;
            /** @description The name that others read. */
            name: string;
            /** @description The address that signs in; null: there is none. */
            email: string | null;
            /** @description The short name; null: there is none. */
            username: string | null;
            /**
             * @description admin: may do everything.
             * @enum {string}
             */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description When the user was added.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
        };
        /** @description A page of users. */
        UserList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["User"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description The caller, and the credential of this call. */
        Me: {
            /** @description The id of the user. */
            id: string;
            /** @description Rises with each user of this server. */
            number: number;
            /** @description The name that others read. */
            name: string;
            /** @description The address that signs in; null: there is none. */
            email: string | null;
            /** @description The short name; null: there is none. */
            username: string | null;
            /**
             * @description admin: may do everything.
             * @enum {string}
             */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description When the user was added.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description The scopes of the credential of this call. */
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics" | "secrets")[];
            /** @description The highest priority that its requests may have. */
            maxPriority: number;
            /** @description The token of this call; null: a password. */
            apiTokenId: string | null;
            /** @description Addresses other than `email`. */
            emails: {
                /** @description The address. */
                email: string;
                /** @description Has GitHub confirmed that it is theirs? */
                verified: boolean;
            }[];
            /** @description Public keys that open what you borrow. */
            sshKeys: {
                /** @description An OpenSSH public key. */
                key: string;
                /**
                 * @description Where it comes from.
                 * @enum {string}
                 */
                source: "github";
            }[];
        };
        /** @description A new token, with its secret. */
        NewTokenAnswer: {
            /** @description The public id of the token; it opens nothing. */
            id: string;
            /** @description The name that its user gave it. */
            name: string;
            /** @description The user for whom it acts. */
            userId: string;
            /** @description The kinds of calls that it may make. */
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics" | "secrets")[];
            /** @description The highest priority that its requests may have. */
            maxPriority: number;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description When it ends by itself; null: never. */
            expiresAt: string | null;
            /** @description When it was used last, to the minute; null: never. */
            lastUsedAt: string | null;
            /** @description When it was revoked; null: it was not. */
            revokedAt: string | null;
            /** @description The secret, shown once; null in the answer to a repeated request. */
            token: string | null;
        };
        /** @description A page of tokens. */
        TokenList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Token"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description A credential for programs, without its secret. */
        Token: {
            /** @description The public id of the token; it opens nothing. */
            id: string;
            /** @description The name that its user gave it. */
            name: string;
            /** @description The user for whom it acts. */
            userId: string;
            /** @description The kinds of calls that it may make. */
            scopes: ("read" | "reserve" | "self" | "admin" | "identity:write" | "metrics" | "secrets")[];
            /** @description The highest priority that its requests may have. */
            maxPriority: number;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description When it ends by itself; null: never. */
            expiresAt: string | null;
            /** @description When it was used last, to the minute; null: never. */
            lastUsedAt: string | null;
            /** @description When it was revoked; null: it was not. */
            revokedAt: string | null;
        };
        /** @description Durations in seconds; null means never. */
        Pool: {
            /** @description The id of the pool; another pool of this name has another. */
            id: string;
            /** @description The name that requests use. */
            name: string;
            /** @description The kind of its resources. */
            kind: string;
            /** @description The driver that makes, checks and cleans them. */
            driver: string;
            /** @description For admins only. */
            settings?: {
                [key: string]: unknown;
            };
            /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
            simulated: boolean;
            /** @description True: real things may be imported into this pool although it is simulated. */
            simulate: boolean;
            /**
             * @description managed: the server keeps its size. manual: calls make and remove resources.
             * @enum {string}
             */
            sizing: "managed" | "manual";
            /** @description How many resources the server keeps. */
            size: number;
            /** @description How many more are kept ready than are lent at once. */
            spares: number;
            /** @description The types of its resources. */
            types: {
                /** @description The name that requests use. */
                name: string;
                /** @description Its share of the size, relative to the other shares. */
                share: number;
                /** @description The least number, whatever the shares. */
                minimum?: number;
                /** @description Tells the driver how to make this type. */
                spec: {
                    [key: string]: string | number;
                };
            }[];
            /** @description Requests may narrow their choice by these. */
            labels: {
                [key: string]: string;
            };
            /** @description How long resources are lent. */
            lease: {
                /** @description Length of a lease for which none is requested. */
                default: number | null;
                /** @description The longest a lease may be extended to, counted from its start. */
                maximum: number | null;
                /** @description A lease ends if no heartbeat comes for this long. */
                heartbeat: number | null;
                /** @description How much later than that a heartbeat may be. */
                grace: number;
                /** @description May a lease without an end be requested? */
                openEnded: boolean;
                /** @description How long opening access may take. */
                prepare: number;
                /** @description How long before its end a lease is announced to end; absent: by its length. */
                notice?: number;
                /** @description After this long an idle resource of a manual pool is removed. */
                idleExpiry: number | null;
            };
            /** @description How resources are cleaned after a loan. */
            cleaning: {
                /** @description What start-up does with resources that have no live lease. */
                onStart: string;
                /** @description Failures in a row after which a resource is quarantined. */
                retries: number;
                /** @description First pause after a failure; it doubles with each further one. */
                backoff: number;
                /** @description Longest pause after a failure. */
                backoffMaximum: number;
                /** @description Between two attempts on a quarantined resource. */
                quarantineRetry: number;
                /** @description Between cleaning and the next loan. */
                cooldown: number;
                /** @description The longest that one driver call may take. */
                deadline: number;
            };
            /** @description How idle resources are checked. */
            verification: {
                /** @description Between two checks of an idle resource. */
                interval: number | null;
            };
            /** @description When credentials change. */
            rotation: {
                /** @description Does the credential change after every loan? */
                afterLease: boolean;
                /** @description Between two changes of the credential of an idle resource. */
                interval: number | null;
            };
            /** @description Which of several available resources is lent first. */
            pick: string;
            /** @description The most driver calls of this pool at once. */
            concurrency: number;
            /** @description The level that a return must show; null: that of `proof`. */
            minProof: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /**
             * @description Whether tokens and sessions made from a login have to be dead before the next loan.
             * @enum {string}
             */
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
                /** @description Makes and removes resources itself. */
                provisions: boolean;
                /** @description Changes credentials. */
                rotates: boolean;
                /** @description Opens and closes access for each holder. */
                opensAccess: boolean;
                /** @description Lets holders log in with a key. */
                accessByKey: boolean;
                /** @description Lends a credential of the resource itself. */
                staticCredential: boolean;
                /** @description A loan leaves nothing that would have to be cleaned. */
                leavesNothing: boolean;
                /** @description True: nothing is cleaned or changed between two loans. */
                lendsAsIs?: boolean;
                /** @description Cleans by replacing the resource with a new one. */
                replaces: boolean;
                /**
                 * @description The highest level that a return can show; R0 if absent.
                 * @enum {string}
                 */
                proves?: "R0" | "R1" | "R2" | "R3" | "R4";
            };
            /** @description Why nothing can be made, cleaned or opened now: the back end as a whole fails. For admins only. */
            failing?: {
                /** @description The last failure, as the driver told it. */
                reason: string;
                /**
                 * Format: date-time
                 * @description When it began to fail.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it is tried again.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                retryAt: string;
            } | null;
            /**
             * @description Made by the pools file or by a call.
             * @enum {string}
             */
            origin: "file" | "api";
            /** @description Is it removed once its loans have ended? */
            deleting: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            counts: components["schemas"]["Counts"];
        };
        /** @description Resources by state. */
        Counts: {
            /** @description All but destroyed ones. */
            total: number;
            /** @description Can be lent now. */
            available: number;
            /** @description Ready, but the pool lends or offers as many as its size already. */
            spare: number;
            /** @description Lent. */
            allocated: number;
            /** @description Kept for a queued request that needs more. */
            held: number;
            /** @description Being made. */
            provisioning: number;
            /** @description To be cleaned. */
            dirty: number;
            /** @description Being cleaned. */
            cleaning: number;
            /** @description Failed too often. */
            quarantined: number;
            /** @description Being removed. */
            destroying: number;
            /** @description Taken out by an admin, whatever else they are. */
            maintenance: number;
            /** @description To be removed after their loan, whatever else they are. */
            draining: number;
        };
        /** @description A page of pools. */
        PoolList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Pool"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description How much the deletion waits for. */
        PoolDeletion: {
            /** @description Running loans that the deletion waits for. */
            lent: number;
        };
        /** @description A page of loans. */
        HolderList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Holder"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description A loan of the pool. */
        Holder: {
            /** @description The resource that is lent. */
            resource: {
                /** @description Its id. */
                id: string;
                /** @description Its name. */
                name: string;
                /** @description Its type within the pool. */
                type: string;
            };
            /** @description For its user and for admins only; null for others. */
            reservationId: string | null;
            /** @description null: the pool does not show others who it is (`shareHolders`), or the user is deleted. */
            holder: {
                /** @description The id of the user. */
                userId: string;
                /** @description The name of the user. */
                name: string;
            } | null;
            /** @description Does the caller hold it? */
            mine: boolean;
            /**
             * @description preparing: its access is being opened.
             * @enum {string}
             */
            status: "preparing" | "active";
            /**
             * Format: date-time
             * @description Since when.
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description When the loan ends, unless it is extended; null: no end, or not begun yet. */
            until: string | null;
        };
        /** @description A page of requests. */
        QueueList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["QueueEntry"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description A request that waits for something of the pool. */
        QueueEntry: {
            /** @description Place in the queue, 1 for the next, as in the reservation itself. */
            position: number;
            /** @description False: more requests are ahead of it than were counted. */
            positionIsExact: boolean;
            /** @description For its user and for admins only; null for others. */
            reservationId: string | null;
            /** @description null: the pool does not show others who it is (`shareHolders`), or the user is deleted. */
            user: {
                /** @description The id of the user. */
                userId: string;
                /** @description The name of the user. */
                name: string;
            } | null;
            /** @description Is it a request of the caller? */
            mine: boolean;
            /**
             * Format: date-time
             * @description Since when.
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description From 0; higher ones are served earlier. */
            priority: number;
            /** @description True: others go past, because something that it lacks cannot come by itself. */
            parked: boolean;
            /** @description The part of the request that waits for this pool. */
            items: {
                /** @description The item of the request, from 0. */
                item: number;
                /** @description Any of these types of the pool. */
                types: string[];
                /** @description The one resource that it names. */
                resourceId: string | null;
                /** @description How many it asks for. */
                count: number;
                /** @description How many of these are not held for it. */
                missing: number;
            }[];
        };
        /** @description A page of resources. */
        ResourceList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Resource"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description One thing that is lent. */
        Resource: {
            /** @description The id of the resource; another one of this name has another. */
            id: string;
            /** @description Its name, which no other resource has now. */
            name: string;
            /** @description The name of its pool. */
            pool: string;
            /** @description Its number within the pool. */
            number: number;
            /**
             * @description The kind of thing that it is.
             * @enum {string}
             */
            kind: "account" | "vm" | "container" | "token" | "host" | "item";
            /** @description Its type within the pool. */
            type: string;
            /** @description The labels of its pool. */
            labels: {
                [key: string]: string;
            };
            /** @description True: it only pretends to exist. Its driver makes, cleans and changes nothing real. */
            simulated: boolean;
            /**
             * @description Where it is on its way from loan to loan.
             * @enum {string}
             */
            status: "provisioning" | "dirty" | "cleaning" | "available" | "spare" | "allocated" | "quarantined" | "destroying" | "destroyed";
            /**
             * @description in_service, or what an admin has decided: maintenance or draining.
             * @enum {string}
             */
            adminState: "in_service" | "maintenance" | "draining";
            /** @description When its maintenance ends by itself; null: when an admin says, or it is in none. */
            maintenanceUntil: string | null;
            /** @description Can be lent now. */
            available: boolean;
            /** @description Rises when a loan begins and when it ends. */
            generation: number;
            /** @description Why it is quarantined or failing. For admins only. */
            reason?: string | null;
            /** @description How often its present step has failed in a row. */
            failures: number;
            /** @description On its way back from a loan: the present step, when it is tried next or must have ended, and why it waits. For admins only. */
            returning?: {
                /**
                 * Format: date-time
                 * @description When the way back began.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /** @description The present step. */
                step: string;
                /**
                 * Format: date-time
                 * @description When it is tried next, or must have ended.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                nextAt: string;
                /** @description Why it waits; null: it does not. */
                reason: string | null;
            } | null;
            /** @description Where and how it is reached, as its driver reports: host, port, url. */
            details: {
                [key: string]: string | number;
            };
            /** @description When it was last found to work; null: never. */
            verifiedAt: string | null;
            /** @description When its credential last changed; null: never. */
            rotatedAt: string | null;
            /** @description When it was last cleaned; null: never. */
            cleanedAt: string | null;
            /** @description When it is removed for being idle; null: it is not. */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it was added.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description Its holder; null: nobody. For admins only. */
            heldBy?: {
                /** @description The reservation that has it. */
                reservationId: string;
                /** @description The user who has it. */
                userId: string;
            } | null;
        };
        /** @description A page of loans. */
        LoanList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Loan"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description Who had a resource, and when. */
        Loan: {
            /** @description The id of the reservation that it was lent to. */
            reservation: string;
            /** @description The holder. */
            user: {
                /** @description The id of the user. */
                id: string;
                /** @description null: the user is forgotten. */
                name: string | null;
            };
            /**
             * Format: date-time
             * @description When the loan began.
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description null: it goes on. */
            until: string | null;
        };
        /** @description The return of each resource before this loan of it. */
        ReturnsBefore: {
            /** @description One for each resource. */
            items: {
                /** @description The id of the resource. */
                resourceId: string;
                /** @description Its name. */
                resource: string;
                /** @description The record of the return; null: it is not kept. */
                return: {
                    /**
                     * Format: date-time
                     * @description When the return ended.
                     * @example 2026-01-01T12:00:00.000Z
                     */
                    at: string;
                    /**
                     * @description How the return ended.
                     * @enum {string}
                     */
                    outcome: "returned" | "refused" | "removed";
                    /**
                     * @description R0: nothing was shown. R1: the login of the last holder is refused. R2: so are all tokens and sessions made from it, or they have expired. R3: what the holder may have planted was searched for twice. R4: the resource is a new one.
                     * @enum {string}
                     */
                    level: "R0" | "R1" | "R2" | "R3" | "R4";
                    /** @description The level that the pool asked for; null where there was no holder. */
                    needed: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
                    /**
                     * @description Why the resource had to come back.
                     * @enum {string}
                     */
                    cause: "loan" | "unopened" | "new" | "cleaning" | "restore";
                    /**
                     * Format: date-time
                     * @description When the loan ended, or the way back began otherwise.
                     * @example 2026-01-01T12:00:00.000Z
                     */
                    since: string;
                    /** @description The driver that brought it back. */
                    driver: string;
                    /** @description Of Holdfast, its drivers included. */
                    version: string;
                    shown: components["schemas"]["ReturnEvidenceForBorrowers"];
                    /** @description The calls of the driver, in order. */
                    steps: {
                        /**
                         * @description The call of the driver.
                         * @enum {string}
                         */
                        step: "openAccess" | "closeAccess" | "clean" | "issueCredential" | "retireCredential" | "verify" | "provision" | "destroy" | "proveCredential";
                        /**
                         * Format: date-time
                         * @description When it began.
                         * @example 2026-01-01T12:00:00.000Z
                         */
                        since: string;
                        /**
                         * Format: date-time
                         * @description When it ended.
                         * @example 2026-01-01T12:00:00.000Z
                         */
                        until: string;
                        /** @description How many calls of the driver ended. */
                        calls: number;
                        /** @description How many of these failed. */
                        failures: number;
                    }[];
                } | null;
            }[];
        };
        /** @description Without hosts, paths and handles. */
        ReturnEvidenceForBorrowers: {
            /** @description The login that was lent was refused, this many times in a row. */
            refused?: {
                /** @description How often it was refused, in a row. */
                times: number;
                /**
                 * Format: date-time
                 * @description When it was refused first.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it was refused last.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How often another login was accepted meanwhile. */
                accepted: number;
            };
            /** @description Tokens and sessions made from it; `until`: none can live longer. */
            derived?: {
                /**
                 * @description How they ended, or that there are none.
                 * @enum {string}
                 */
                how: "none" | "ended" | "refused" | "expired" | "acceptedUntilExpiry";
                /** @description The youngest has expired by then; null: none has such an end. */
                until: string | null;
            };
            /** @description The search for what the holder may have planted. */
            searched?: {
                /** @description How often everything was searched. */
                passes: number;
                /**
                 * Format: date-time
                 * @description When the search began.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it ended.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How many things earlier passes found, and removed. */
                found: number;
                /** @description SHA-256 of what is there after the last pass. */
                inventory: string;
            };
            /** @description The resource is a new one; the old one is gone. */
            replaced?: Record<string, never>;
        };
        /** @description A page of records. */
        ReturnList: {
            /** @description The entries of this page, in order. */
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
             * @description When the return ended.
             * @example 2026-01-01T12:00:00.000Z
             */
            at: string;
            /**
             * @description How the return ended.
             * @enum {string}
             */
            outcome: "returned" | "refused" | "removed";
            /**
             * @description R0: nothing was shown. R1: the login of the last holder is refused. R2: so are all tokens and sessions made from it, or they have expired. R3: what the holder may have planted was searched for twice. R4: the resource is a new one.
             * @enum {string}
             */
            level: "R0" | "R1" | "R2" | "R3" | "R4";
            /** @description The level that the pool asked for; null where there was no holder. */
            needed: ("R0" | "R1" | "R2" | "R3" | "R4") | null;
            /**
             * @description Why the resource had to come back.
             * @enum {string}
             */
            cause: "loan" | "unopened" | "new" | "cleaning" | "restore";
            /**
             * Format: date-time
             * @description When the loan ended, or the way back began otherwise.
             * @example 2026-01-01T12:00:00.000Z
             */
            since: string;
            /** @description The driver that brought it back. */
            driver: string;
            /** @description Of Holdfast, its drivers included. */
            version: string;
            /** @description The id of the resource. */
            resourceId: string;
            /** @description Its name. */
            resource: string;
            /**
             * @description The kind of thing that it is.
             * @enum {string}
             */
            kind: "account" | "vm" | "container" | "token" | "host" | "item";
            /** @description Its type within the pool. */
            type: string;
            /** @description The name of its pool. */
            pool: string;
            /** @description The fencing number that the end of the loan gave it. */
            generation: number;
            /** @description The loan that ended; null: there was none. */
            reservationId: string | null;
            shown: components["schemas"]["ReturnEvidence"];
            /** @description The calls of the driver, in order. */
            steps: {
                /**
                 * @description The call of the driver.
                 * @enum {string}
                 */
                step: "openAccess" | "closeAccess" | "clean" | "issueCredential" | "retireCredential" | "verify" | "provision" | "destroy" | "proveCredential";
                /**
                 * Format: date-time
                 * @description When it began.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it ended.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How many calls of the driver ended. */
                calls: number;
                /** @description How many of these failed. */
                failures: number;
                /** @description The last failure, as the driver told it. */
                failure: string | null;
            }[];
        };
        /** @description The evidence that the last holder is out. */
        ReturnEvidence: {
            /** @description The login that was lent was refused, this many times in a row. */
            refused?: {
                /** @description Where the login was tried. */
                endpoint: string;
                /** @description How often it was refused, in a row. */
                times: number;
                /**
                 * Format: date-time
                 * @description When it was refused first.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it was refused last.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How often another login was accepted meanwhile. */
                accepted: number;
            };
            /** @description Tokens and sessions made from it; `until`: none can live longer. */
            derived?: {
                /**
                 * @description How they ended, or that there are none.
                 * @enum {string}
                 */
                how: "none" | "ended" | "refused" | "expired" | "acceptedUntilExpiry";
                /** @description The youngest has expired by then; null: none has such an end. */
                until: string | null;
            };
            /** @description The search for what the holder may have planted. */
            searched?: {
                /** @description How often everything was searched. */
                passes: number;
                /**
                 * Format: date-time
                 * @description When the search began.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description When it ended.
                 * @example 2026-01-01T12:00:00.000Z
                 */
                until: string;
                /** @description How many things earlier passes found, and removed. */
                found: number;
                /** @description SHA-256 of what is there after the last pass. */
                inventory: string;
            };
            /** @description The resource is a new one; the old one, of this id, is gone. */
            replaced?: {
                /** @description The id of the old one at the back end. */
                gone: string;
            };
        };
        /** @description A check of the chain of all return records. */
        ChainReport: {
            /** @description True: no fault was found. */
            ok: boolean;
            /** @description How many are kept, and were looked at. */
            records: number;
            /** @description The newest. Keep its hash elsewhere: it shows if all records were written anew. */
            head: {
                /** @description The number of the record. */
                seq: number;
                /** @description The hash of the record. */
                hash: string;
            } | null;
            /** @description The newest of those that were forgotten by age. */
            forgotten: {
                /** @description The number of the record. */
                seq: number;
                /** @description The hash of the record. */
                hash: string;
            } | null;
            /** @description The first hundred. */
            faults: {
                /**
                 * @description What happened to the record.
                 * @enum {string}
                 */
                fault: "altered" | "misplaced" | "missing";
                /** @description The number of the record. */
                seq: number;
                /** @description The last of those that are missing. */
                through?: number;
                /** @description The name of the resource that it names. */
                resource?: string | null;
            }[];
            /** @description How many faults there are. */
            faultCount: number;
        };
        /** @description A page may hold fewer than `limit` events although `nextCursor` leads on. */
        EventList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Event"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description A new webhook, with its secret. */
        NewWebhookAnswer: {
            /** @description The id of the webhook. */
            id: string;
            /** @description Its rights are those of this user. */
            userId: string;
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody: boolean;
            /** @description The address that is called. */
            url: string;
            /** @description The types of events that it is told of. */
            types: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool: string | null;
            /** @description For people: what it is for. */
            description: string;
            /**
             * @description disabled: nothing is sent.
             * @enum {string}
             */
            state: "active" | "disabled";
            /** @description Why the server has disabled it. */
            reason: string | null;
            /** @description All events up to this number were looked at. */
            cursor: number;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
            /** @description Shown only here; null in the answer to a repeated request. */
            secret: string | null;
        };
        /** @description A page of webhooks. */
        WebhookList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["Webhook"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description An address that is told of events. */
        Webhook: {
            /** @description The id of the webhook. */
            id: string;
            /** @description Its rights are those of this user. */
            userId: string;
            /** @description Is it told of everybody's events? Otherwise only of those about its user. */
            everybody: boolean;
            /** @description The address that is called. */
            url: string;
            /** @description The types of events that it is told of. */
            types: ("reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted")[];
            /** @description Name; null: any. */
            pool: string | null;
            /** @description For people: what it is for. */
            description: string;
            /**
             * @description disabled: nothing is sent.
             * @enum {string}
             */
            state: "active" | "disabled";
            /** @description Why the server has disabled it. */
            reason: string | null;
            /** @description All events up to this number were looked at. */
            cursor: number;
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-01-01T12:00:00.000Z
             */
            createdAt: string;
        };
        /** @description The new secret of a webhook. */
        WebhookSecret: {
            /** @description Shown only here; null in the answer to a repeated request. */
            secret: string | null;
        };
        /** @description A page of deliveries. */
        WebhookDeliveryList: {
            /** @description The entries of this page, in order. */
            items: components["schemas"]["WebhookDelivery"][];
            /** @description null on the last page. */
            nextCursor: string | null;
        };
        /** @description One event for one webhook. */
        WebhookDelivery: {
            /** @description The `webhook-id` of each try. */
            id: string;
            /** @description The number of the event. */
            seq: number;
            /**
             * @description The type of the event.
             * @enum {string}
             */
            type: "reservation.queued" | "reservation.preparing" | "reservation.active" | "reservation.extended" | "reservation.heartbeat" | "reservation.unheard" | "reservation.ended" | "lease.ending" | "lease.lost" | "resource.created" | "resource.allocated" | "resource.freed" | "resource.status" | "resource.failed" | "resource.quarantined" | "resource.quarantine_ended" | "resource.return_refused" | "resource.rotated" | "resource.admin_state" | "resource.restored" | "resource.returned" | "resource.fields" | "resource.kept_alive" | "pool.created" | "pool.changed" | "pool.deleted" | "pool.failing" | "pool.recovered" | "user.created" | "user.changed" | "user.password" | "user.deleted" | "user.linked" | "token.created" | "token.revoked" | "webhook.created" | "webhook.changed" | "webhook.secret" | "webhook.tested" | "webhook.replayed" | "webhook.disabled" | "webhook.deleted";
            /** @description The id of the reservation that the event is about. */
            reservation: string | null;
            /**
             * @description Where it is on its way.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** @description How often it was sent. */
            tries: number;
            /** @description When it is sent next, or given up for want of an answer; null: it is over. */
            nextTryAt: string | null;
            /** @description When it was sent last; null: not yet. */
            lastTryAt: string | null;
            /** @description The status that answered the last try; null: no answer. */
            lastStatus: number | null;
            /** @description Why the last try failed; null: it did not. */
            lastError: string | null;
            /** @description When it arrived or was given up; null: neither yet. */
            finishedAt: string | null;
        };
        /** @description A user, and a credential of theirs. */
        SignedIn: {
            user: components["schemas"]["User"];
            /** @description The secret of an API token that lasts 30 days; shown only here. */
            token: string;
        };
        /** @description A sign-in that waits for its user. */
        GithubDevice: {
            /** @description Opaque; proves that you started this sign-in. Keep it secret. */
            handle: string;
            /** @description The code for the user to type at `verificationUri`. */
            userCode: string;
            /**
             * Format: uri
             * @description The page where the user types the code.
             */
            verificationUri: string;
            /** @description Wait this long before each attempt. */
            intervalSeconds: number;
            /** @description The code is valid for this long. */
            expiresInSeconds: number;
        };
        /** @description A sign-in that still waits for its user. */
        GithubPending: {
            /**
             * @description The user has not agreed yet.
             * @constant
             */
            status: "pending";
            /** @description Wait this long before the next attempt; after several answers, use the longest time. */
            intervalSeconds: number;
        };
        /** @description Resources and reservations by state. */
        Stats: {
            resources: components["schemas"]["Counts"];
            /** @description The same for each pool. */
            pools: {
                /** @description The name of the pool. */
                name: string;
                /** @description The kind of its resources. */
                kind: string;
                counts: components["schemas"]["Counts"];
            }[];
            /** @description Reservations by status. */
            reservations: {
                /** @description Requests that wait. */
                queued: number;
                /** @description Loans whose access is being opened. */
                preparing: number;
                /** @description Loans that run. */
                active: number;
            };
        };
        /** @description Where to go next; with legacy APIs, also the statistics of acctpool. */
        Welcome: {
            /** @description The name of the product. */
            name: string;
            /** @description Its version. */
            version: string;
            /** @description Paths of this server, by what is there. */
            links: {
                [key: string]: string;
            };
        } & {
            [key: string]: number;
        };
        /** @description Whether the process answers. */
        Health: {
            /**
             * @description ok: nothing fails.
             * @enum {string}
             */
            status: "ok" | "failing";
            /** @description What fails, in words. */
            failing: string[];
        };
        /** @description Whether the service can do its work. */
        Readiness: {
            /**
             * @description ok: nothing fails.
             * @enum {string}
             */
            status: "ok" | "failing";
            /** @description What fails, in words. */
            failing: string[];
            /** @description Faults that an operator has to mend. */
            warnings: string[];
        };
        /** @description The identity of this build. */
        Version: {
            /** @description The version of Holdfast. */
            version: string;
            /** @description The commit that it was built from; null: unknown. */
            commit: string | null;
            /** @description The version of Node. */
            node: string;
            /** @description The version of SQLite. */
            sqlite: string;
        };
        /** @description An error of the Model Context Protocol. */
        McpError: {
            /**
             * @description Of JSON-RPC.
             * @constant
             */
            jsonrpc: "2.0";
            /** @description The request that it answers; null: none. */
            id?: string | number | null;
            /** @description The error. */
            error: {
                /** @description As JSON-RPC and the protocol count them. */
                code: number;
                /** @description Its cause, for people. */
                message: string;
            } & {
                [key: string]: unknown;
            };
        };
        /** @description An OpenAPI document. */
        OpenApi: {
            /**
             * @description The version of OpenAPI.
             * @constant
             */
            openapi: "3.1.0";
            /** @description The title and the version. */
            info: {
                [key: string]: unknown;
            };
            /** @description The calls, by path. */
            paths: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listReservations: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
                /** @description Only in this status. */
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
                /** @description Also show, separated by commas: `details` of the resources (one reservation always has them), `events` of the reservation. */
                expand?: string;
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
    createReservation: {
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
    getReservation: {
        parameters: {
            query?: {
                /** @description Hold the answer for up to this many seconds while it is queued or preparing. */
                wait?: number;
                /** @description Also show, separated by commas: `details` of the resources (one reservation always has them), `events` of the reservation. */
                expand?: string;
            };
            header?: never;
            path: {
                /** @description The id of the reservation. */
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
    releaseReservation: {
        parameters: {
            query?: {
                /** @description Why, in a few words; it stands in the event. */
                reason?: string;
                /** @description Hold the answer for up to this many seconds until the holder's access is closed. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The id of the reservation. */
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
    updateReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request repeated under the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the reservation. */
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
    heartbeatReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request repeated under the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the reservation. */
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
    setUp: {
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
            /** @description The admin, and a token with every scope but `secrets`. */
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
    listUsers: {
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
    createUser: {
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
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the user. */
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
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the user. */
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
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag from when you read it. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the user. */
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
    getMe: {
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
    listTokens: {
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
    createToken: {
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
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the token, not its secret. */
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
    listPools: {
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
    createPool: {
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
    getPool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the pool. */
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
    deletePool: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag from when you read it. */
                "If-Match"?: string;
            };
            path: {
                /** @description The name of the pool. */
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
    updatePool: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag from when you read it. */
                "If-Match"?: string;
            };
            path: {
                /** @description The name of the pool. */
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
    listPoolHolders: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name of the pool. */
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
    listPoolQueue: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name of the pool. */
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
    listResources: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
                /** @description Only of this pool, by name. */
                pool?: string;
                /** @description Only of this kind. */
                kind?: "account" | "vm" | "container" | "token" | "host" | "item";
                /** @description Only of this type. */
                type?: string;
                /** @description Only in this status. */
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
    createResource: {
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
    getResource: {
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
    deleteResource: {
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
    updateResource: {
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
    keepResourceAlive: {
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
    cleanResource: {
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
    unquarantineResource: {
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
    replaceResourceCredential: {
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
    listResourceLoans: {
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
    getReturnsBefore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the reservation. */
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
    listResourceReturns: {
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
    listReturns: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
                /** @description Only of this pool, by name. */
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
    verifyReturns: {
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
    listEvents: {
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
                /** @description The id of the reservation that it is about. */
                reservation?: string;
                /** @description Whom it is about: id or e-mail address. For admins. */
                user?: string;
                /** @description Who did it: id or e-mail address of a user, name of a job. */
                actor?: string;
                /** @description asc: the oldest first. */
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
    listWebhooks: {
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
    createWebhook: {
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
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the webhook. */
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
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the webhook. */
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
    updateWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag from when you read it. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the webhook. */
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
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request repeated under the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the webhook. */
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
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request repeated under the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the webhook. */
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
    replayWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request repeated under the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the webhook. */
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
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Entries per page. */
                limit?: number;
                /** @description Opaque: from `Link` or `nextCursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of the webhook. */
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
    beginGithubSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    finishGithubSignIn: {
        parameters: {
            query?: {
                /** @description The code that GitHub gave the browser. */
                code?: string;
                /** @description The state that the sign-in began with. */
                state?: string;
                /** @description The reason why GitHub gave no code. */
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
    beginGithubDeviceSignIn: {
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
    finishGithubDeviceSignIn: {
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
    getStats: {
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
}
