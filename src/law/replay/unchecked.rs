//! What one organization's entries cannot decide: counted, never passed.

macro_rules! rules {
    ($($variant:ident = $name:literal: $text:literal),+ $(,)?) => {
        /// A rule of the law that one organization's history does not show to have been kept.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Unchecked {
            $($variant,)+
        }

        impl Unchecked {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What could not be decided.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

rules! {
    Credential = "credential":
        "whether who acted came in by a session or token of theirs that held: of each command of a user or token",
    Operator = "operator":
        "whether it was an operator of the deployment: of each command of an operator",
    Source = "source":
        "whether the source says so: of each entry with a source",
    SecondFactor = "second_factor":
        "whether the user had the second factor that the organization asks of its members: of each entry that rests on what a member may do",
    Account = "account":
        "whether the user's account changed so: of each MemberUpdated",
    NewUser = "new_user":
        "whether the user was new in the deployment, and address and username nobody else's: of each MemberCreated that created one",
    KnownUser = "known_user":
        "whether the deployment knew the user: of each entry that lets in somebody whom this history did not name before",
    SignIn = "sign_in":
        "whether the user could sign in: of each transfer and takeover to somebody who never accepted an invitation here",
    InvitedAddress = "invited_address":
        "whether the address was no member's and no other invitation was pending for it: of each invitation that is sent",
    JoinedAddress = "joined_address":
        "whether no pending invitation was for the address of who joined: of each MemberCreated that ends none",
    EndedAddress = "ended_address":
        "whether the invitation that ended was for the same address as what ended it: of each that was superseded or ended by a joining",
    AcceptedAddress = "accepted_address":
        "whether the invitation was for the address of who accepted: of each acceptance",
    InvitationProof = "invitation_proof":
        "whether who answered had its token, or had proved its address: of each acceptance and refusal",
    Slug = "slug":
        "whether no other organization had the slug: of each that is taken",
    SealedBefore = "sealed_before":
        "whether a personal value was before what the entry says: of each such value",
    CommandCut = "command_cut":
        "whether what is missing at the end of a long command was cut off by a crash: of each such command",
}

/// How often each rule could not be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts([u64; Unchecked::ALL.len()]);

impl Counts {
    /// How often that one.
    pub fn of(&self, rule: Unchecked) -> u64 {
        self.0[rule as usize]
    }

    /// How often in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Those that there are, by name.
    pub fn iter(&self) -> impl Iterator<Item = (Unchecked, u64)> {
        let all = Unchecked::ALL.iter().map(|rule| (*rule, self.of(*rule)));
        all.filter(|(_, count)| *count > 0)
    }

    pub(super) fn add(&mut self, rule: Unchecked) {
        self.0[rule as usize] += 1;
    }
}
