"""People, teams and what they may do where."""

from accounts.models.agents import Agent, AgentIdentity, TeamMembership
from accounts.models.idempotency import IdempotentAnswer
from accounts.models.notifications import Notification
from accounts.models.teams import RoleGrant, Team
from accounts.models.tokens import ApiToken
from accounts.models.users import User
from accounts.models.workspace import Workspace

__all__ = [
    "Agent",
    "AgentIdentity",
    "ApiToken",
    "IdempotentAnswer",
    "Notification",
    "RoleGrant",
    "Team",
    "TeamMembership",
    "User",
    "Workspace",
]
