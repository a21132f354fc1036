"""Who is offered which waiting caller, when. Pure: events and the time in, decisions out."""
