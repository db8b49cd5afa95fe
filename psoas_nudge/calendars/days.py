"""Public holidays of a country or subdivision (ISO 3166), from the library holidays. Only the child imports this."""

from __future__ import annotations

from difflib import get_close_matches

from psoas_nudge.calendars.wire import Holidays

MISSING = "Calendars need libraries that are not installed: pip install 'psoas-nudge[calendar]'"


def holidays(region: str, years: tuple[int, ...]) -> tuple[Holidays, str]:
    """(the holidays of these years, why there are none or "")."""
    try:
        from holidays import country_holidays, list_supported_countries
    except ImportError:
        return (), MISSING
    country, _, part = region.partition("-")
    supported = list_supported_countries(include_aliases=True)
    if country not in supported:
        near = get_close_matches(country, supported, 1, 0.4)
        hint = f' Did you mean "{near[0]}"?' if near else ' Write for example "DE-BY" or "US-CA".'
        return (), f'The public holidays of "{region}" are not known.{hint}'
    if part and part not in supported[country]:
        parts = ", ".join(f"{country}-{each}" for each in supported[country])
        return (), f'"{region}" is not known. Write "{country}"' + (f", or one of {parts}." if parts else ".")
    found = country_holidays(country, subdiv=part or None, years=years)
    return tuple(sorted(found.items())), ""
