//! What a role allows: `resource.action`, a closed list.

use super::roles::named;

named! {
    /// One thing that a role can allow. The names are part of the recorded contract: the list may
    /// grow, and no name in it changes its meaning.
    Permission {
        /// See the organization and its settings.
        OrganizationRead = "organization.read",
        /// Change its name, slug and limits.
        OrganizationWrite = "organization.write",
        /// End it.
        OrganizationDissolve = "organization.dissolve",
        /// Hand the top role to somebody else.
        OrganizationTransfer = "organization.transfer",
        /// See who belongs to it.
        MemberRead = "member.read",
        /// Invite, resend and revoke.
        MemberInvite = "member.invite",
        /// Make a user and a membership at once.
        MemberCreate = "member.create",
        /// Give an existing user a membership without an invitation.
        MemberAdd = "member.add",
        /// Change what roles a member holds.
        MemberRole = "member.role",
        /// Suspend and reactivate.
        MemberSuspend = "member.suspend",
        /// Remove a member.
        MemberRemove = "member.remove",
        /// Define, redefine and retire custom roles.
        RoleWrite = "role.write",
        /// See teams.
        TeamRead = "team.read",
        /// Create, change and remove teams and their membership.
        TeamWrite = "team.write",
        /// Read history and audit views.
        LogRead = "log.read",
        /// See tokens.
        TokenRead = "token.read",
        /// Issue and revoke tokens.
        TokenWrite = "token.write",
        /// See API keys.
        ApiKeyRead = "api_key.read",
        /// Issue and revoke API keys.
        ApiKeyWrite = "api_key.write",
        /// See billing.
        BillingRead = "billing.read",
        /// Change billing.
        BillingWrite = "billing.write",
        /// See recharges.
        RechargeRead = "recharge.read",
        /// Recharge the account.
        RechargeWrite = "recharge.write",
        /// See invoices.
        InvoiceRead = "invoice.read",
        /// Request and change invoices.
        InvoiceWrite = "invoice.write",
        /// See applications.
        ApplicationRead = "application.read",
        /// Create, change and delete applications.
        ApplicationWrite = "application.write",
        /// See subscriptions.
        SubscriptionRead = "subscription.read",
        /// Subscribe and unsubscribe.
        SubscriptionWrite = "subscription.write",
        /// See credentials.
        CredentialRead = "credential.read",
        /// Create and revoke credentials.
        CredentialWrite = "credential.write",
        /// See what is assigned to oneself.
        AssignedRead = "assigned.read",
        /// See environments and what runs in them.
        EnvironmentRead = "environment.read",
        /// Day-to-day work on environments.
        EnvironmentWrite = "environment.write",
        /// See the objects of a cluster.
        KubernetesView = "kubernetes.view",
        /// Change the objects of a cluster.
        KubernetesEdit = "kubernetes.edit",
        /// Administer a cluster.
        KubernetesAdmin = "kubernetes.admin",
        /// See analytics.
        AnalyticsRead = "analytics.read",
        /// Purge caches.
        CachePurgeWrite = "cache_purge.write",
        /// See DNS settings.
        DnsRead = "dns.read",
        /// Change DNS settings.
        DnsWrite = "dns.write",
        /// See DNS records.
        DnsRecordsRead = "dns_records.read",
        /// Change DNS records.
        DnsRecordsWrite = "dns_records.write",
        /// See load balancers.
        LbRead = "lb.read",
        /// Change load balancers.
        LbWrite = "lb.write",
        /// See traffic logs.
        LogsRead = "logs.read",
        /// Change log settings.
        LogsWrite = "logs.write",
        /// See certificates.
        SslRead = "ssl.read",
        /// Change certificates.
        SslWrite = "ssl.write",
        /// See firewall rules.
        WafRead = "waf.read",
        /// Change firewall rules.
        WafWrite = "waf.write",
        /// See zone settings.
        ZoneSettingsRead = "zone_settings.read",
        /// Change zone settings.
        ZoneSettingsWrite = "zone_settings.write",
        /// See zones.
        ZonesRead = "zones.read",
        /// Create and delete zones.
        ZonesWrite = "zones.write",
    }
}
