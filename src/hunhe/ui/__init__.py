"""Floor and room: how Hunhe looks. Skins, components, template tags, the register of pages, refusals as pages."""
