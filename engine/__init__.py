"""The mathematics of Nabla: derivatives, gradient descent and backpropagation, without a window.

Nothing in here knows about Qt. Import what you need from the rooms: ``engine.network``,
``engine.training``, ``engine.timeline``, ``engine.landscape``, ``engine.data``, ``engine.session``.
"""
